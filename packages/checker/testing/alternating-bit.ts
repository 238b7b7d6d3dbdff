import type { Model, StepKind } from '../src/model.ts';

/** What is wrong with the protocol: the receiver does not look at the bit, or the sender never sends again. */
export type AlternatingBitBug = 'bit-ignored' | 'sent-once';

interface State {
  /** Items that the user has asked to be sent, and items that the receiver has handed on: 0 to 3. */
  asked: number;
  acked: number;
  delivered: number;
  /** Number of the item on its way, plus one; 0 when there is none. */
  message: number;
  /** The same of the acknowledgement. */
  ack: number;
  /** The item has been sent before. */
  sent: number;
}

const fields = ['asked', 'acked', 'delivered', 'message', 'ack', 'sent'] as const;
const items = 3;

interface Action {
  kind: StepKind;
  lane: string;
  text: string;
  possible(state: State): boolean;
  run(state: State): void;
}

function actionsWith(bug: AlternatingBitBug | undefined): Action[] {
  const isNew = (state: State): boolean => bug === 'bit-ignored' || (state.message - 1 - state.delivered) % 2 === 0;
  return [
    {
      kind: 'environment',
      lane: 'user',
      text: 'asks for one more item',
      possible: ({ asked }) => asked < items,
      run(state) {
        state.asked += 1;
      },
    },
    {
      kind: 'system',
      lane: 'sender',
      text: 'sends',
      possible: ({ asked, acked, message, sent }) =>
        acked < asked && message === 0 && !(bug === 'sent-once' && sent === 1),
      run(state) {
        state.message = state.acked + 1;
        state.sent = 1;
      },
    },
    {
      kind: 'system',
      lane: 'receiver',
      text: 'receives, and acknowledges',
      possible: ({ message }) => message > 0,
      run(state) {
        if (isNew(state)) state.delivered += 1;
        state.ack = state.message;
        state.message = 0;
      },
    },
    {
      kind: 'system',
      lane: 'sender',
      text: 'receives the acknowledgement',
      possible: ({ ack }) => ack > 0,
      run(state) {
        if (state.ack - 1 === state.acked) {
          state.acked += 1;
          state.sent = 0;
        }
        state.ack = 0;
      },
    },
    {
      kind: 'fault',
      lane: 'channel',
      text: 'loses the item',
      possible: ({ message }) => message > 0,
      run(state) {
        state.message = 0;
      },
    },
    {
      kind: 'fault',
      lane: 'channel',
      text: 'loses the acknowledgement',
      possible: ({ ack }) => ack > 0,
      run(state) {
        state.ack = 0;
      },
    },
  ];
}

/** Three items over a channel that loses: each arrives, and once. */
export function createAlternatingBit({ bug }: { bug?: AlternatingBitBug } = {}): Model {
  const actions = actionsWith(bug);
  const unpack = (packed: number): State => {
    const [asked, acked, delivered, message, ack, sent] = fields.map((_, i) => (packed >>> (3 * i)) & 7);
    return { asked: asked!, acked: acked!, delivered: delivered!, message: message!, ack: ack!, sent: sent! };
  };
  const pack = (state: State): number => fields.reduce((packed, field, i) => packed | (state[field] << (3 * i)), 0);
  const inTransit = (number: number, what: string): string => (number === 0 ? '' : `${what} ${number}`);
  return {
    name: 'alternating bit',
    words: 1,
    initial: [[0]],
    maxSuccessors: actions.length,
    successors(states, at, out) {
      for (const [label, action] of actions.entries()) {
        const state = unpack(states[at]!);
        // Once an item has come twice there is nothing more to learn.
        if (state.delivered > state.asked || !action.possible(state)) continue;
        action.run(state);
        out.states[out.count] = pack(state);
        out.labels[out.count++] = label;
      }
    },
    violations(states, at) {
      const { asked, delivered } = unpack(states[at]!);
      return delivered > asked ? 1 : 0;
    },
    invariants: [{ name: 'once', sentence: 'No more items are handed on than were asked for.', upstream: [] }],
    quiescent(states, at) {
      const { asked, acked, delivered } = unpack(states[at]!);
      return asked === acked && asked === delivered;
    },
    kindOf: (label) => actions[label]!.kind,
    describeStep: (label) => actions[label]!,
    describeState(states, at) {
      const { asked, acked, delivered, message, ack } = unpack(states[at]!);
      return {
        user: `${asked} asked for`,
        sender: `${acked} acknowledged`,
        channel: [inTransit(message, 'item'), inTransit(ack, 'ack')].filter(Boolean).join(', ') || 'empty',
        receiver: `${delivered} handed on`,
      };
    },
  };
}
