import type { Command, CommandResult, RuleKey } from '@limpet/contract';
import type { ExpectedOutcome } from './expected-outcome.ts';

/** What is done to the world in one step of a path. */
export type Stimulus =
  | { do: 'nothing' }
  | {
      do: 'send';
      command: Command;
      answers: readonly CommandResult['outcome'][];
      /** The agent crashes after so many calls to its machine, and the command is sent again. */
      crashAfter?: number | undefined;
      /** Somebody holds the packet filter's lock when the router writes to it first. */
      locked?: boolean | undefined;
    }
  /** The router refuses the command: its machine is made so, and stays so until the command is applied. */
  | { do: 'refuse'; command: Command; key: RuleKey }
  | { do: 'crash' | 'boot' | 'halt' | 'wipe' };

export interface StartedVm {
  vm: string;
  ip: string;
  port: number;
}

/** A step of a path, with all that it means in the world. */
export interface ConcreteStep {
  /** For people: `rule 1: a user changes the stickiness`. */
  readonly sentence: string;
  /** The step of the model: its words, and the group that takes it. */
  readonly text: string;
  /** What the step is for the router: the words of the model, or that it does not come to it. */
  readonly kind: string;
  readonly group: number;
  readonly start: readonly StartedVm[];
  readonly destroy: readonly string[];
  readonly stimulus: Stimulus;
  /** Rules whose refusal ends before the step. */
  readonly unblock: readonly RuleKey[];
  readonly expected: ExpectedOutcome;
}
