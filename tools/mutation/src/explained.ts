/** Why a mutant may live. */
export interface Explanation {
  file: string;
  /** Part of the source line on which it stands. */
  on: string;
  /** The mutant's text; absent: every survivor on that line. */
  as?: string;
  why: string;
}

const router = 'packages/router/src/haproxy';
const readers = 'packages/haproxy/src/readers';
const machines = ['entry', 'group', 'member', 'router', 'rule'].map(
  (name) => `packages/model/src/statecharts/${name}.machine.ts`,
);
const config = 'packages/haproxy/src/config';
const diff = 'packages/netfilter/src/diff.ts';
const parseSave = 'packages/netfilter/src/parse-save.ts';

/** Every survivor that may live, and why. A survivor that is not here is a finding. */
export const explanations: readonly Explanation[] = [
  { file: diff, on: 'const pairs', why: 'equivalent: a pair that is no number is smaller than none and is replaced' },
  { file: diff, on: 'const previous', why: 'equivalent: index 0 is written before it is read' },
  {
    file: diff,
    on: 'const rising',
    why: 'equivalent: the pairs become two sets of numbers, in which text is never asked for',
  },
  { file: diff, on: 'if (pairs[ends[middle]!]![1] < to)', why: 'equivalent: no two pairs have the same end' },
  {
    file: diff,
    on: 'previous[index] = low > 0',
    why: 'equivalent: `ends[-1]` is undefined, at which the walk back ends as at -1',
  },
  {
    file: parseSave,
    on: "name = ''",
    why: 'equivalent: without a match there is no chain of that name; with one, both are set',
  },
  {
    file: `${router}/plan/field-changes.ts`,
    on: 'value === null',
    as: 'false',
    why: 'no field of a rule is null; the compiler asks, since it is an object to `typeof`',
  },
  { file: `${router}/config/proxy-spec.ts`, on: 'a.id < b.id', why: 'equivalent: no two rules have one id' },
  {
    file: `${router}/admission/validate-rule.ts`,
    on: 'maxConnections !== undefined',
    as: 'true',
    why: 'equivalent: undefined is not more than any number; the compiler asks',
  },
  {
    file: `${router}/plan/plan.ts`,
    on: 'file === undefined',
    as: 'false',
    why: 'equivalent: no certificate is known by the name undefined; the compiler asks',
  },
  { file: `${router}/config/render.ts`, on: 'known.set(paths, texts)', why: 'a cache: the same bytes, only slower' },
  { file: `${router}/config/render.ts`, on: 'texts.set(rule, text)', why: 'a cache: the same bytes, only slower' },
  {
    file: `${readers}/show-info.ts`,
    on: 'line.slice(0, colon < 0 ? -1 : colon)',
    why: 'equivalent: where there is no colon with a blank, `colon` is -1 itself',
  },
  { file: `${readers}/show-info.ts`, on: "pid ?? ''", why: 'equivalent: neither is a number' },
  {
    file: `${readers}/show-proc.ts`,
    on: 'const relativePid',
    why: 'equivalent: what is left is read by `row`, which begins with the PID and takes any number of blanks',
  },
  { file: `${readers}/show-proc.ts`, on: 'const numbered', why: 'HAProxy writes the heading first, and once' },
  {
    file: `${readers}/show-stat.ts`,
    on: `if (!row.includes('"'))`,
    why: 'a short cut: the same cells, only slower',
  },
  {
    file: `${readers}/show-stat.ts`,
    on: '([, quoted, plain])',
    why: 'never reached: a cell is quoted or plain; the compiler asks',
  },
  {
    file: `${readers}/show-table.ts`,
    on: "match[4]?.split(' ') ?? []",
    why: 'equivalent: words that are no field are passed over',
  },
  ...machines.flatMap((file): Explanation[] => [
    { file, on: 'types: {', why: 'types only: nothing is left of it when it runs' },
    { file, on: "id: '", why: 'a name for people, as in diagrams; nothing acts on it' },
  ]),
  ...machines
    .filter((file) => !file.endsWith('/group.machine.ts'))
    .map((file) => ({ file, on: "description: '", why: 'a text for people; nothing acts on it' })),
  ...['member', 'router'].flatMap((name): Explanation[] => [
    {
      file: `packages/model/src/statecharts/${name}.machine.ts`,
      on: `export const ${name}Machine = setup({`,
      why: 'names without effect when it runs; the compiler and `limpet generate --check` read them',
    },
    {
      file: `packages/model/src/statecharts/${name}.machine.ts`,
      on: 'actions: {',
      why: 'names without effect when it runs; the compiler and `limpet generate --check` read them',
    },
  ]),
  { file: `${config}/listen.ts`, on: 'other: [],', why: 'equivalent: it is emptied once the defaults are read' },
  {
    file: `${config}/listen.ts`,
    on: 'if (section.name !== undefined) named.set',
    why: 'equivalent: nothing is from a section without a name; the compiler asks',
  },
  { file: `${config}/listen.ts`, on: 'default:', why: 'equivalent: nothing returned is as false' },
  {
    file: `${config}/parse.ts`,
    on: 'if (word !== undefined && !nameShape',
    why: 'equivalent: the word "undefined" could be a name; the compiler asks',
  },
  {
    file: `${config}/server.ts`,
    on: 'if (name === undefined || address === undefined)',
    why: 'equivalent: without a name there is no address; the compiler asks',
  },
  { file: `${config}/server.ts`, on: "words.join(' ')", why: 'equivalent: there is one word at most' },
  { file: `${config}/server.ts`, on: 'at < options.length', why: 'equivalent: no option has the name undefined' },
  {
    file: `${config}/statements/address.ts`,
    on: 'if (name === undefined || where === undefined)',
    why: 'equivalent: without a name there is no address; the compiler asks',
  },
  {
    file: `${config}/statements/address.ts`,
    on: 'if (prefix === undefined || range === undefined',
    why: 'equivalent: without one of the words before it there is no address; the compiler asks',
  },
  {
    file: `${config}/statements/plain.ts`,
    on: 'write: ({ value }) => [value]',
    why: 'never called: `statementWords` writes the keyword, which has the name in it, and the value',
  },
  {
    file: `${config}/statements/proxy.ts`,
    on: 'if (name === undefined || test.length === 0)',
    why: 'equivalent: without a name there is no test; the compiler asks',
  },
  { file: `${config}/stick.ts`, on: 'if (found >= 0)', why: 'equivalent: without a pattern before it, it is refused' },
  { file: `${config}/tokenize.ts`, on: "source[at + 1] ?? ''", why: 'equivalent: neither is an escape' },
  { file: `${config}/tokenize.ts`, on: 'const hex =', why: 'equivalent: two characters are looked at' },
  { file: `${config}/units.ts`, on: 'if (word === undefined ||', why: 'equivalent: "undefined" is no number' },
  { file: `${config}/statement.ts`, on: '} catch {', as: '{}', why: 'equivalent: nothing returned is as false' },
  {
    file: `${router}/apply/installed-files.ts`,
    on: 'return stickMap === undefined || config === undefined',
    why: 'equivalent in all runs: both files are there when HAProxy is reloaded, and no port deletes a file',
  },
  {
    file: `${router}/apply/step-commands.ts`,
    on: "case 'reload':",
    why: 'equivalent: a reload is the only step of its plan, and its commands are not asked for',
  },
];
