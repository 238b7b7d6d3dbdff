import type { Command, CommandResult, RuleKey } from '@limpet/contract';
import type { HostLoss } from '../sut/taken-from-host.ts';
import type { ExpectedOutcome } from './expected-outcome.ts';

/** What is done to the system under test in one step of a path. */
export type Stimulus =
  | { do: 'nothing' }
  | {
      do: 'send';
      command: Command;
      answers: readonly CommandResult['outcome'][];
      /** The router crashes after so many calls to its data plane, and the command is sent again. */
      crashAfter?: number | undefined;
      /** Another process holds the packet filter's lock at the router's first write. */
      locked?: boolean | undefined;
    }
  /** The data plane is made to fail, so that the router refuses the command; it fails until the command is applied. */
  | { do: 'refuse'; command: Command; key: RuleKey }
  /** What a rule needs of the host goes, or comes back; nobody tells the router. */
  | { do: 'lose' | 'regain'; what: HostLoss }
  | { do: 'crash' | 'boot' | 'halt' | 'wipe' };

/** A VM to start: its name, and where it listens. */
export interface StartedVm {
  vm: string;
  ip: string;
  port: number;
}

/** A step of a path with its concrete data. */
export interface ConcreteStep {
  /** For reports: `rule 1: a user changes the stickiness`. */
  readonly sentence: string;
  /** The text of the model's step. */
  readonly text: string;
  /** What the step is for the router: `text`, or that the router sees nothing of it. */
  readonly kind: string;
  /** The group that takes the step, from 0. */
  readonly group: number;
  /** VMs that start before the stimulus. */
  readonly start: readonly StartedVm[];
  /** Names of the VMs that end before the stimulus. */
  readonly destroy: readonly string[];
  readonly stimulus: Stimulus;
  /** What the host has again after the stimulus: the rules that had lost it are gone, too. */
  readonly returning: readonly HostLoss[];
  /** Rules that the data plane stops to refuse before the stimulus. */
  readonly unblock: readonly RuleKey[];
  readonly expected: ExpectedOutcome;
}
