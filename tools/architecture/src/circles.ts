import { posix } from 'node:path';
import { importsOf } from './syntax.ts';
import { isTest, type Source } from './workspaces.ts';

/**
 * Circles of product files that import each other, type-only imports included: the sets of files that each lead to each
 * other (strongly connected components of more than one file, and files that import themselves). The files of a circle
 * are sorted, and so are the circles. Only relative imports count: workspaces cannot import each other in circles, see
 * `layers.ts`.
 */
export function importCircles(sources: readonly Source[]): string[][] {
  const product = sources.filter(({ path }) => !isTest(path));
  const paths = new Set(product.map(({ path }) => path));
  const imports = new Map(
    product.map(({ path, text }) => [
      path,
      importsOf(path, text)
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => posix.join(posix.dirname(path), specifier))
        .filter((target) => paths.has(target)),
    ]),
  );
  return components(imports)
    .filter((files) => files.length > 1 || imports.get(files[0]!)!.includes(files[0]!))
    .map((files) => files.sort())
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
}

/** Strongly connected components (Tarjan 1972). Recursion is as deep as the longest chain of imports. */
function components(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): void => {
    const at = order.size;
    order.set(node, at);
    low.set(node, at);
    open.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) {
        visit(next);
        low.set(node, Math.min(low.get(node)!, low.get(next)!));
      } else if (open.includes(next)) low.set(node, Math.min(low.get(node)!, order.get(next)!));
    }
    if (low.get(node) === at) found.push(open.splice(open.indexOf(node)));
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return found;
}
