import { ts } from 'ts-morph';
import { isTest, type Source } from './workspaces.ts';

/**
 * Exported declarations without a docstring, as `file:line name`, in the order of the sources. A docstring is a JSDoc
 * comment directly before the declaration; the header of a file (`@module`) is none. Of several declarations with one
 * name (overloads, a constant and its type) one docstring is enough. Tests and generated files are passed over.
 */
export function undocumentedExports(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => !isTest(path) && !/\.generated\.|\.d\.ts$/.test(path))
    .flatMap(({ path, text }) => {
      const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
      const declarations = file.statements.flatMap(declarationsOf);
      const documented = new Set(declarations.filter(({ node }) => hasDocstring(node)).map(({ name }) => name));
      const listed = listedExports(file);
      const missing = declarations.filter(
        ({ name, node }) => !documented.has(name) && (isExported(node) || listed.has(name)),
      );
      const named = new Map<string, number>();
      for (const { name, node } of missing)
        if (!named.has(name)) named.set(name, file.getLineAndCharacterOfPosition(node.getStart()).line + 1);
      return Array.from(named, ([name, line]) => `${path}:${line} ${name}`);
    });
}

interface Declaration {
  name: string;
  /** The statement: a docstring stands before it. */
  node: ts.Statement;
}

function declarationsOf(node: ts.Statement): Declaration[] {
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.flatMap(({ name }) =>
      namesOf(name).map((each): Declaration => ({ name: each, node })),
    );
  if (
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isEnumDeclaration(node)
  )
    return [{ name: node.name?.text ?? 'default', node }];
  return ts.isExportAssignment(node) ? [{ name: 'default', node }] : [];
}

function namesOf(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesOf(element.name) : []));
}

function isExported(node: ts.Statement): boolean {
  if (ts.isExportAssignment(node)) return !ts.isIdentifier(node.expression);
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

/** What `export { a, b as c }` and `export default a` name; a re-export (`from`) is documented where it comes from. */
function listedExports(file: ts.SourceFile): Set<string> {
  return new Set(
    file.statements.flatMap((node) => {
      if (ts.isExportAssignment(node) && ts.isIdentifier(node.expression)) return [node.expression.text];
      if (!ts.isExportDeclaration(node) || node.moduleSpecifier) return [];
      const { exportClause } = node;
      if (!exportClause || !ts.isNamedExports(exportClause)) return [];
      return exportClause.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
    }),
  );
}

function hasDocstring(node: ts.Statement): boolean {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return docs.some(({ tags }) => !tags?.some(({ tagName }) => tagName.text === 'module'));
}
