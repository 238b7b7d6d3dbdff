import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Project, type SourceFile } from 'ts-morph';
import type { Change, Mutant } from './mutant.ts';
import { changeActions } from './operators/actions.ts';
import { changeCode, declarationsOf } from './operators/code.ts';
import { changeGuards } from './operators/guards.ts';
import { changeTransitions } from './operators/transitions.ts';
import { readStatechart, type Statechart } from './statechart.ts';

const model = 'packages/model/src';

/** The statecharts, one a file. */
export const STATECHARTS: readonly string[] = ['group', 'rule', 'member', 'router', 'entry'].map(
  (name) => `${model}/statecharts/${name}.machine.ts`,
);

/** What composes them, and what of it only chooses words for people. */
const COMPOSITION: readonly { file: string; except?: readonly string[] }[] = [
  { file: `${model}/statecharts/freshness.ts` },
  { file: `${model}/system/routes.ts` },
  { file: `${model}/system/link.ts` },
  { file: `${model}/system/channel.ts` },
  { file: `${model}/system/management.ts` },
  { file: `${model}/system/refusals.ts`, except: ['groupRefusal', 'ruleRefusal'] },
  { file: `${model}/system/system.ts` },
];

/** Every mutant of the model, in the order of files and operators. */
export function enumerateMutants(root: string): Mutant[] {
  const project = new Project({ useInMemoryFileSystem: true, skipFileDependencyResolution: true });
  const open = (file: string): SourceFile => project.createSourceFile(file, readFileSync(join(root, file), 'utf8'));
  const statecharts = STATECHARTS.map((file) => ({ file, statechart: readStatechart(open(file)) }));
  const families = familiesOf(statecharts.map(({ statechart }) => statechart));
  return [
    ...statecharts.flatMap(({ file, statechart }) =>
      named(file, statechart.source, [
        ...[changeTransitions, changeGuards, changeActions].flatMap((operator) =>
          operator(statechart).map((change) => ({ ...change, compiles: true })),
        ),
        ...changeCode(codeOf(statechart), families),
      ]),
    ),
    ...COMPOSITION.flatMap(({ file, except }) => {
      const source = open(file);
      return named(file, source, changeCode(declarationsOf(source, except), families));
    }),
  ];
}

/** The expressions of a statechart: its guards, its assignments, its initial state and context. */
function codeOf({ setup, machine }: Statechart) {
  const inside = (['guards', 'actions'] as const).flatMap((part) => {
    const property = setup.getProperty(part)?.getLastChild();
    return property?.forEachChildAsArray() ?? [];
  });
  return [
    ...inside.map((node) => ({ at: node.getFirstChild()!.getText(), node: node.getLastChild()! })),
    ...(['context', 'initial'] as const).flatMap((name) => {
      const node = machine.getProperty(name)?.getLastChild();
      return node ? [{ at: name, node }] : [];
    }),
  ];
}

/** Names of which one can be mistaken for another: of states, of events, and the small sets of words of the model. */
function familiesOf(statecharts: readonly Statechart[]): string[][] {
  return [
    ...statecharts.map(({ states }) => [...states]),
    ...statecharts.map(({ transitions }) => [...new Set(transitions.map(({ event }) => event))]),
    ['absent', 'stale', 'current'],
    ['nothing', 'waiting', 'refused'],
    ['none', 'source'],
    ['vacant', 'victim', 'present', 'joining'],
    ['group', 'rule', 'rules', 'members'],
    ['command', 'late', 'report', 'answer'],
    ['deliver', 'duplicate', 'lose'],
  ];
}

function named(file: string, source: SourceFile, changes: readonly Change[]): Mutant[] {
  const times = new Map<string, number>();
  return changes.map(({ at, what, edits, compiles = false }) => {
    const name = `${basename(file)}:${at}:${what}`;
    const before = times.get(name) ?? 0;
    times.set(name, before + 1);
    const line = source.getLineAndColumnAtPos(edits[0]!.start).line;
    return { id: before === 0 ? name : `${name}#${before + 1}`, file, line, edits, compiles };
  });
}
