import type { Source } from './workspaces.ts';

/**
 * Numbers of upstream bugs (`B1`, `B26`) that a text uses and `definitions` does not define, as `file:line B26`.
 *
 * @param texts sources and pages; those that define are passed over by the caller.
 * @param definitions a page in Markdown with a table whose rows begin with the number: `| B1 | ...`.
 */
export function undefinedBugNumbers(texts: readonly Source[], definitions: string): string[] {
  const defined = new Set(Array.from(definitions.matchAll(/^\| (B\d+) \|/gm), ([, number]) => number));
  return texts.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, at) => {
      const used = new Set(Array.from(line.matchAll(/(?<![\w.-])B\d{1,2}(?![\w-])/g), ([number]) => number));
      return [...used].filter((number) => !defined.has(number)).map((number) => `${path}:${at + 1} ${number}`);
    }),
  );
}
