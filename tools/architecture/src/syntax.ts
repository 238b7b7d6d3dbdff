import { ts } from 'ts-morph';

/** One import of a source file: `import`, `export ... from`, `import()` or `import('x').T`. */
export interface Import {
  specifier: string;
  /** From 1. */
  line: number;
  /** Erased by type stripping. */
  typeOnly: boolean;
}

/** A test that would not run, or would make others not run: `it.only`, `describe.skip` ... */
export interface LeftOut {
  call: string;
  line: number;
}

const testFunctions = new Set(['it', 'test', 'describe', 'suite', 'bench']);
const leavingOut = new Set(['only', 'skip', 'todo', 'fails', 'skipIf', 'runIf']);

/** All imports of a source text, in order. */
export function importsOf(path: string, text: string): Import[] {
  const imports: Import[] = [];
  visit(path, text, (node, lineOf) => {
    const found = importedBy(node);
    if (found) imports.push({ ...found, line: lineOf(node) });
  });
  return imports;
}

/** All tests of a source text that are left out or single others out. */
export function leftOutOf(path: string, text: string): LeftOut[] {
  const leftOut: LeftOut[] = [];
  visit(path, text, (node, lineOf) => {
    if (!ts.isPropertyAccessExpression(node) || !leavingOut.has(node.name.text)) return;
    let root: ts.Expression = node.expression;
    while (ts.isPropertyAccessExpression(root)) root = root.expression;
    if (ts.isIdentifier(root) && testFunctions.has(root.text))
      leftOut.push({ call: node.getText(), line: lineOf(node) });
  });
  return leftOut;
}

function importedBy(node: ts.Node): Omit<Import, 'line'> | undefined {
  if (ts.isImportDeclaration(node)) return named(node.moduleSpecifier, node.importClause?.isTypeOnly ?? false);
  if (ts.isExportDeclaration(node)) return named(node.moduleSpecifier, node.isTypeOnly);
  if (ts.isImportTypeNode(node))
    return named(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
  const isImportCall = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isImportCall ? named(node.arguments[0], false) : undefined;
}

function named(specifier: ts.Node | undefined, typeOnly: boolean): Omit<Import, 'line'> | undefined {
  return specifier && ts.isStringLiteralLike(specifier) ? { specifier: specifier.text, typeOnly } : undefined;
}

/** Shows every node of a source text, parents first. */
export function visit(
  path: string,
  text: string,
  see: (node: ts.Node, lineOf: (node: ts.Node) => number) => void,
): void {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lineOf = (node: ts.Node): number => file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  const walk = (node: ts.Node): void => {
    see(node, lineOf);
    node.forEachChild(walk);
  };
  walk(file);
}
