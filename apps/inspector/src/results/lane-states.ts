/**
 * The lanes in which `limpet check`, `conform` and `monitor` tell of a state of the model, as actors of the statecharts.
 *
 * @module
 */
import type { Body, MachineDescription } from '@limpet/inspection';

/** What lanes tell: `rule 1` is `active, stickiness source`; `members 1` is `serving, gone`. */
export type Lanes = Readonly<Record<string, string>>;

/** An actor, and what lanes say of it. */
interface Told {
  actor: string;
  machine: string;
  name: string;
  group?: string;
  words: readonly string[];
}

/** Turns the states of lanes into messages, one state after the other. */
export interface LaneReader {
  /** The messages for what is different from the state before: actors that are new, and what each is now. */
  read(lanes: Lanes): Body[];
}

/** @param machines - those of the model */
export function createLaneReader(machines: readonly MachineDescription[]): LaneReader {
  const stateIds = new Map(
    machines.flatMap(({ id, states }) => states.map((state) => [`${id} ${state.key}`, state.id])),
  );
  const now = new Map<string, string>();
  return {
    read: (lanes) =>
      Object.entries(lanes).flatMap(([lane, text]) =>
        toldBy(lane, text).flatMap(({ words, ...told }): Body[] => {
          const { actor, machine, name, group } = told;
          const before = now.get(actor);
          // The checker merges states that cannot be told apart: then the lane names none, and none is lit.
          const state = words.map((word) => stateIds.get(`${machine} ${word}`)).find((id) => id !== undefined);
          const others = words.filter((word) => !stateIds.has(`${machine} ${word}`));
          now.set(actor, words.join());
          const begins: Body[] =
            before === undefined
              ? [{ kind: 'actor', actor, machine, name, ...(group === undefined ? {} : { group }) }]
              : [];
          if (before === words.join()) return begins;
          return [
            ...begins,
            {
              kind: 'snapshot',
              actor,
              states: state === undefined ? [machine] : [machine, state],
              context: contextOf(others),
              status: 'active',
            },
          ];
        }),
      ),
  };
}

/** Which actors a lane tells of; a link between two machines is no machine. */
function toldBy(lane: string, text: string): Told[] {
  const words = text.split(', ').filter((word) => word !== '');
  const [, what = lane, number] = /^(\w+) (\d+)$/.exec(lane) ?? [];
  if (what === 'router') return [{ actor: 'router', machine: 'router', name: 'router', words }];
  if (number === undefined) return [];
  const group = `group ${number}`;
  if (what === 'members')
    return words.map((word, place) => {
      const name = `member ${number}.${place + 1}`;
      return { actor: name, machine: 'member', name, group, words: [word] };
    });
  return ['group', 'rule', 'entry'].includes(what) ? [{ actor: lane, machine: what, name: lane, group, words }] : [];
}

/** What the words say beside the state: `stickiness source` is a field, `in force` a fact. */
function contextOf(words: readonly string[]): Record<string, string | boolean> {
  return Object.fromEntries(
    words.map((word): [string, string | boolean] => {
      const [, name, value] = /^(stickiness|generation) (\w+)$/.exec(word) ?? [];
      return name === undefined ? [word, true] : [name, value!];
    }),
  );
}
