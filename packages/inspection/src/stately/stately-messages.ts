/**
 * The feed in the messages of `@statelyai/inspect` 0.7.2 (`StatelyInspectionEvent` of its `types.ts`), so that Stately's own
 * inspector can attach. They are JSON, a message each, over whatever carries them.
 *
 * @module
 */
import type { Message } from '../feed/messages.ts';
import type { Json } from '../feed/plain-json.ts';
import type { MachineDescription } from '../machine/description.ts';
import { machineConfig } from './machine-config.ts';

/** What all of them have. */
interface StatelyBase {
  rootId: string;
  sessionId: string;
  /** Milliseconds since the epoch, as text. */
  createdAt: string;
  id: string;
  _version: string;
}

interface StatelySnapshot {
  status: 'active' | 'done' | 'error' | 'stopped';
  value?: Json;
  context?: Json;
}

/** A message of `@statelyai/inspect`. */
export type StatelyMessage = StatelyBase &
  (
    | { type: '@xstate.actor'; name: string; definition: string; parentId: undefined; snapshot: StatelySnapshot }
    | { type: '@xstate.event'; event: { type: string; [key: string]: Json }; sourceId: string | undefined }
    | { type: '@xstate.snapshot'; event: { type: string; [key: string]: Json }; snapshot: StatelySnapshot }
  );

/** The version of `@statelyai/inspect` whose messages these are. */
const VERSION = '0.7.2';

/**
 * Turns messages of the feed, one after the other, into Stately's. It has actors, events and snapshots; of other messages it
 * has no kind.
 *
 * @param machines those of the feed
 * @returns undefined when a message has no counterpart
 */
export function createStatelyAdapter(
  machines: readonly MachineDescription[],
): (message: Message) => StatelyMessage | undefined {
  const definitions = new Map(machines.map((machine) => [machine.id, JSON.stringify(machineConfig(machine))]));
  const known = new Map(machines.map((machine) => [machine.id, machine]));
  const machineOf = new Map<string, MachineDescription | undefined>();
  const lastEvent = new Map<string, { type: string; [key: string]: Json }>();
  return (message) => {
    if (message.kind !== 'actor' && message.kind !== 'event' && message.kind !== 'snapshot') return undefined;
    const { actor, seq, at } = message;
    const base = { rootId: actor, sessionId: actor, createdAt: String(at), id: String(seq), _version: VERSION };
    switch (message.kind) {
      case 'actor': {
        machineOf.set(actor, known.get(message.machine));
        const definition = definitions.get(message.machine) ?? JSON.stringify({ id: message.name });
        return {
          ...base,
          type: '@xstate.actor',
          name: message.name,
          definition,
          parentId: undefined,
          snapshot: { status: 'active' },
        };
      }
      case 'event': {
        lastEvent.set(actor, message.event);
        return { ...base, type: '@xstate.event', event: message.event, sourceId: message.source };
      }
      case 'snapshot': {
        const { status, states, context } = message;
        const value = stateValue(machineOf.get(actor), states);
        return {
          ...base,
          type: '@xstate.snapshot',
          event: lastEvent.get(actor) ?? { type: '@xstate.init' },
          snapshot: { status, ...(value !== undefined && { value }), ...(context !== undefined && { context }) },
        };
      }
    }
  };
}

/** The value of a machine as XState has it: `red`, `{ work: 'idle', light: { on: {} } }`. */
function stateValue(machine: MachineDescription | undefined, active: readonly string[]): Json | undefined {
  if (machine === undefined) return undefined;
  const is = new Set(active);
  const below = (parent: string): Json | undefined => {
    const inside = machine.states.filter(({ id, parent: of }) => of === parent && is.has(id));
    if (inside.length === 0) return undefined;
    const values = inside.map(({ id, key }) => [key, below(id)] as const);
    const isParallel = machine.states.find(({ id }) => id === parent)!.type === 'parallel';
    const [[only, inner] = ['', undefined]] = values;
    if (!isParallel && inner === undefined) return only;
    return Object.fromEntries(values.map(([key, each]) => [key, each ?? {}]));
  };
  return below(machine.states[0]!.id);
}
