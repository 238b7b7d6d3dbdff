import type { Model } from '../src/model.ts';
import type { View } from '../src/monitor/view.ts';

/** Bits of a channel: what is asked for (2), what is in force (2), dirty, frozen, command in flight (2, value + 1), ack in flight, down. */
const WIDTH = 10;
const ASKED = 0;
const APPLIED = 2;
const DIRTY = 4;
const FROZEN = 5;
const COMMAND = 6;
const ACK = 8;
const DOWN = 9;

const steps = [
  'change 0',
  'change 1',
  'change 2',
  'freeze',
  'unfreeze',
  'send',
  'lose command',
  'apply',
  'ack',
  'lose ack',
  'crash',
  'restart',
] as const;

export interface LinkOptions {
  /** 1 to 3. */
  channels: number;
  /** A change that comes while the channel is frozen is not marked to be sent. */
  forgetsFrozen?: boolean;
}

/** Settings sent over lossy channels to an agent that can crash; each is sent until it is acknowledged. */
export function createLink({ channels, forgetsFrozen = false }: LinkOptions): Model {
  const get = (channel: number, field: number, bits = 1): number => (channel >>> field) & ((1 << bits) - 1);
  const set = (channel: number, field: number, value: number, bits = 1): number =>
    (channel & ~(((1 << bits) - 1) << field)) | (value << field);
  const channelAt = (state: number, index: number): number => (state >>> (WIDTH * index)) & ((1 << WIDTH) - 1);
  const indices = Array.from({ length: channels }, (_, index) => index);

  /** The channel after a step, or -1 when the step is not possible. */
  const after = (channel: number, step: number): number => {
    const name = steps[step]!;
    const asked = get(channel, ASKED, 2);
    const command = get(channel, COMMAND, 2);
    const up = get(channel, DOWN) === 0;
    switch (name) {
      case 'change 0':
      case 'change 1':
      case 'change 2': {
        if (step === asked) return -1;
        const changed = set(channel, ASKED, step, 2);
        return forgetsFrozen && get(channel, FROZEN) === 1 ? changed : set(changed, DIRTY, 1);
      }
      case 'freeze':
        return get(channel, FROZEN) === 1 ? -1 : set(channel, FROZEN, 1);
      case 'unfreeze':
        return get(channel, FROZEN) === 0 ? -1 : set(channel, FROZEN, 0);
      case 'send':
        return get(channel, DIRTY) === 0 || command !== 0 ? -1 : set(channel, COMMAND, asked + 1, 2);
      case 'lose command':
        return command === 0 ? -1 : set(channel, COMMAND, 0, 2);
      case 'apply':
        if (command === 0 || !up) return -1;
        return set(set(set(channel, APPLIED, command - 1, 2), COMMAND, 0, 2), ACK, 1);
      case 'ack': {
        if (get(channel, ACK) === 0) return -1;
        const done = set(channel, ACK, 0);
        return get(channel, APPLIED, 2) === asked && command === 0 ? set(done, DIRTY, 0) : done;
      }
      case 'lose ack':
        return get(channel, ACK) === 0 ? -1 : set(channel, ACK, 0);
      case 'crash':
        return up ? set(channel, DOWN, 1) : -1;
      case 'restart':
        return up ? -1 : set(channel, DOWN, 0);
    }
  };

  /** A label is the channel, the step and, for an apply, the value. */
  const labelOf = (index: number, step: number, channel: number): number =>
    (index * steps.length + step) * 4 + (steps[step] === 'apply' ? get(channel, COMMAND, 2) - 1 : 0);
  const stepOf = (label: number) => steps[(label >>> 2) % steps.length]!;

  return {
    name: 'link',
    words: 1,
    initial: [[0]],
    maxSuccessors: channels * steps.length,
    successors(states, at, out) {
      const state = states[at]!;
      out.count = 0;
      for (const index of indices) {
        const channel = channelAt(state, index);
        for (let step = 0; step < steps.length; step++) {
          const next = after(channel, step);
          if (next === -1) continue;
          out.states[out.count] = (state ^ ((channel ^ next) << (WIDTH * index))) >>> 0;
          out.labels[out.count++] = labelOf(index, step, channel);
        }
      }
    },
    violations: () => 0,
    invariants: [],
    quiescent: (states, at) =>
      indices.every((index) => {
        const channel = channelAt(states[at]!, index);
        return get(channel, ASKED, 2) === get(channel, APPLIED, 2);
      }),
    kindOf(label) {
      const name = stepOf(label);
      if (name.startsWith('lose') || name === 'crash') return 'fault';
      return name.startsWith('change') || name.endsWith('freeze') ? 'environment' : 'system';
    },
    describeStep: (label) => ({
      lane: `channel ${Math.floor((label >>> 2) / steps.length)}`,
      text: stepOf(label),
    }),
    describeState: (states, at) =>
      Object.fromEntries(
        indices.map((index) => {
          const channel = channelAt(states[at]!, index);
          return [`channel ${index}`, `asked ${get(channel, ASKED, 2)}, in force ${get(channel, APPLIED, 2)}`];
        }),
      ),
  };
}

/** Sees changes, freezing, applies and restarts; not what the link does, nor the crash. */
export function createLinkView(channels: number): View {
  const hidden: readonly string[] = ['send', 'lose command', 'ack', 'lose ack', 'crash'];
  const indices = Array.from({ length: channels }, (_, index) => index);
  return {
    eventOf(label) {
      const channel = Math.floor((label >>> 2) / steps.length);
      const name = steps[(label >>> 2) % steps.length]!;
      if (hidden.includes(name)) return undefined;
      return name === 'apply' ? `apply ${label & 3} on ${channel}` : `${name} on ${channel}`;
    },
    heartbeatFields: indices.map((index) => `inForce${index}`),
    heartbeatOf(states, at) {
      const busy = (1 << DIRTY) | (3 << COMMAND) | (1 << ACK) | (1 << DOWN);
      const channelAt = (index: number) => (states[at]! >>> (WIDTH * index)) & ((1 << WIDTH) - 1);
      if (indices.some((index) => (channelAt(index) & busy) !== 0)) return undefined;
      return indices.map((index) => (channelAt(index) >>> APPLIED) & 3);
    },
  };
}
