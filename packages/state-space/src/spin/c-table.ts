/** SPIN 6.5.2 takes at most 65,536 characters in one block of C. */
const PIECE = 4096;

/** `AT(table, i)` is an element of a table that `cTable` wrote. */
export const AT_MACRO = `#define AT(table, i) (table##_all[(i) / ${PIECE}][(i) % ${PIECE}])`;

/** A table of integers, in pieces, each in a block of its own. */
export function cTable(name: string, values: ArrayLike<number>): string {
  const numbers = Array.from(values);
  const pieces = Array.from({ length: Math.max(1, Math.ceil(numbers.length / PIECE)) }, (_, n) => `${name}_${n}`);
  const blocks = pieces.map((piece, n) => {
    const some = numbers.slice(n * PIECE, (n + 1) * PIECE);
    return `c_decl { static const int ${piece}[] = {${(some.length === 0 ? [0] : some).join(',')}}; }`;
  });
  const all = `c_decl { static const int *const ${name}_all[] = {${pieces.join(', ')}}; }`;
  return [...blocks, all].join('\n');
}
