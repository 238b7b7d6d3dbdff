import { Node, type SourceFile } from 'ts-morph';
import type { Change } from '../mutant.ts';
import { changeExpression, type NodeChange } from './expressions.ts';
import { changeStatement } from './statements.ts';

/** Changes of the code below these nodes. */
export function changeCode(
  roots: readonly { at: string; node: Node }[],
  families: readonly (readonly string[])[],
): Change[] {
  return roots.flatMap(({ at, node: root }) => {
    const changes: Change[] = [];
    const visit = (node: Node): void => {
      if (isWithoutMeaning(node)) return;
      const found: NodeChange[] = [...changeStatement(node), ...changeExpression(node, families)];
      changes.push(...found.map(({ what, edits }) => ({ at, what, edits })));
      node.forEachChild(visit);
    };
    visit(root);
    return changes;
  });
}

/** Each function and constant of a module by its name, but those left out. */
export function declarationsOf(source: SourceFile, except: readonly string[] = []): { at: string; node: Node }[] {
  return [
    ...source.getFunctions().map((node) => ({ at: node.getNameOrThrow(), node: node.getBodyOrThrow() })),
    ...source.getVariableDeclarations().map((node) => ({ at: node.getName(), node: node.getInitializerOrThrow() })),
  ].filter(({ at }) => !except.includes(at));
}

/** Types are gone when it runs; an error that is thrown is for programmers; a text with blanks is for people. */
function isWithoutMeaning(node: Node): boolean {
  if (Node.isTypeNode(node) || Node.isThrowStatement(node)) return true;
  if (Node.isIfStatement(node)) {
    const then = node.getThenStatement();
    return Node.isThrowStatement(Node.isBlock(then) ? (then.getStatements()[0] ?? then) : then);
  }
  return false;
}
