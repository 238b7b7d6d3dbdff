import { type BinaryExpression, Node, SyntaxKind } from 'ts-morph';
import type { Edit } from '../mutant.ts';
import { following } from '../names.ts';
import { withoutProperty } from '../statechart.ts';

/** What an operator makes of one node of a syntax tree. */
export interface NodeChange {
  readonly what: string;
  readonly edits: readonly Edit[];
}

/** The word and what stands for it: comparisons that are off by one or negated, connectives, sums. */
const SWAPPED: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '&&': ['||'],
  '||': ['&&'],
  '+': ['-'],
  '-': ['+'],
};

/** Changes of one expression; `families` are names of which one can be mistaken for another. */
export function changeExpression(node: Node, families: readonly (readonly string[])[]): NodeChange[] {
  if (Node.isBinaryExpression(node)) return changeBinary(node);
  if (Node.isNumericLiteral(node)) {
    const number = node.getLiteralValue();
    return [number + 1, number - 1].map((other) => put(node, `${number}-to-${other}`, String(other)));
  }
  if (Node.isTrueLiteral(node)) return [put(node, 'true-to-false', 'false')];
  if (Node.isFalseLiteral(node)) return [put(node, 'false-to-true', 'true')];
  if (Node.isPrefixUnaryExpression(node) && node.getOperatorToken() === SyntaxKind.ExclamationToken)
    return [put(node, `drop-not:${brief(node.getOperand())}`, node.getOperand().getText())];
  if (Node.isConditionalExpression(node)) {
    const [yes, no] = [node.getWhenTrue().getText(), node.getWhenFalse().getText()];
    return [
      put(node, `exchange-arms:${brief(node.getCondition())}`, `${node.getCondition().getText()} ? ${no} : ${yes}`),
    ];
  }
  if (Node.isCallExpression(node)) return changeCall(node);
  if (Node.isArrayLiteralExpression(node) && node.getElements().length > 1) return changeElements(node.getElements());
  if (Node.isObjectLiteralExpression(node))
    return node
      .getProperties()
      .map((each) => ({ what: `drop-property:${brief(each)}`, edits: [withoutProperty(each)] }));
  if (Node.isStringLiteral(node)) {
    const name = node.getLiteralValue();
    const others = new Set(families.flatMap((family) => following(family, name, 1)));
    return [...others].map((other) => put(node, `swap-name:${name}:${other}`, `'${other}'`));
  }
  return [];
}

function changeBinary(node: BinaryExpression): NodeChange[] {
  const [left, right] = [node.getLeft(), node.getRight()];
  const token = node.getOperatorToken();
  const sign = token.getText();
  const swapped = (SWAPPED[sign] ?? []).map((other) => put(token, `${sign}-to-${other}:${brief(node)}`, other));
  if (sign !== '&&' && sign !== '||' && sign !== '??') return swapped;
  return [
    ...swapped,
    put(node, `drop-operand:${brief(left)}`, right.getText()),
    put(node, `drop-operand:${brief(right)}`, left.getText()),
  ];
}

function changeCall(node: Node): NodeChange[] {
  const call = node.asKindOrThrow(SyntaxKind.CallExpression);
  const callee = call.getExpression();
  if (!Node.isPropertyAccessExpression(callee)) return [];
  const [on, method] = [callee.getExpression(), callee.getName()];
  if (method === 'filter' || method === 'slice') return [put(node, `drop-${method}:${brief(on)}`, on.getText())];
  if (method === 'some' || method === 'every') {
    const other = method === 'some' ? 'every' : 'some';
    return [put(callee.getNameNode(), `${method}-to-${other}:${brief(on)}`, other)];
  }
  return [];
}

function changeElements(elements: readonly Node[]): NodeChange[] {
  return elements.flatMap((each, at) => {
    const next = elements[at + 1];
    const dropped = { what: `drop-element:${brief(each)}`, edits: [withoutProperty(each)] };
    if (next === undefined) return [dropped];
    const edits = [put(each, '', next.getText()), put(next, '', each.getText())].flatMap((one) => one.edits);
    return [dropped, { what: `exchange:${brief(each)}:${brief(next)}`, edits }];
  });
}

/** Puts a text in the place of a node. */
export function put(node: Node, what: string, text: string): NodeChange {
  return { what, edits: [{ start: node.getStart(), end: node.getEnd(), text }] };
}

/** A node's text, short enough for a name, without blanks. */
export function brief(node: Node): string {
  return node.getText().replace(/\s+/g, '').slice(0, 40);
}
