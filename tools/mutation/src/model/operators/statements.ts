import { Node } from 'ts-morph';
import { brief, type NodeChange, put } from './expressions.ts';

/** Drops a statement or a case, and negates a condition. */
export function changeStatement(node: Node): NodeChange[] {
  if (Node.isIfStatement(node)) {
    const condition = node.getExpression();
    return [
      put(condition, `negate:${brief(condition)}`, `!(${condition.getText()})`),
      // What follows `else` is what happens when the condition never holds.
      put(node, `never:${brief(condition)}`, node.getElseStatement()?.getText() ?? ''),
    ];
  }
  if (Node.isExpressionStatement(node)) return [put(node, `drop:${brief(node)}`, '')];
  if (Node.isCaseClause(node)) return [put(node, `drop-case:${brief(node.getExpression())}`, '')];
  return [];
}
