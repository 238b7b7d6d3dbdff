/**
 * A router that operations are performed on, and the moments at which it is looked at.
 *
 * @module
 */
import type { CommandResult } from '@limpet/contract';
import type { RouterSettings } from '@limpet/router';
import type { Difference } from '../oracle/compare.ts';
import type { SystemUnderTest } from '../sut/system-under-test.ts';
import type { TestBed } from '../sut/test-bed.ts';
import type { BetweenCalls } from './between-calls.ts';
import type { ExpectedRules } from './expected-rules.ts';
import type { Verdicts } from './verdicts.ts';

/** A router on its host, and what is expected of it. */
export interface PlayedRouter {
  readonly testBed: TestBed;
  readonly sut: SystemUnderTest;
  readonly expected: ExpectedRules;
  readonly between: BetweenCalls;
  /** Settings with which the router is opened the next time. */
  settings: Partial<RouterSettings>;
  /** Starts the host. */
  boot(): Promise<void>;
  /** Closes all connections of the tests' clients. */
  leave(): Promise<void>;
}

/** A moment at which everything is looked at. */
export interface Moment {
  /** What has differed already. */
  readonly found: readonly Difference[];
  /** Rules that `verify` must not find in force; of the last moment of an operation, none. */
  readonly faulty: Verdicts;
}

/** The moment at which only these differ or are faulty. */
export const moment = (found: readonly Difference[] = [], faulty: Verdicts = new Map()): Moment => ({ found, faulty });

/** Compares the answer of a command, and what its conditions say that are not True. */
export function answered(expected: 'applied' | 'refused', { outcome, rules }: CommandResult, why = /^/): Difference[] {
  const messages = rules.flatMap(({ conditions }) =>
    conditions.filter(({ status }) => status !== 'True').map(({ message }) => message),
  );
  const said = messages.join('; ');
  return outcome === expected && why.test(said)
    ? []
    : [{ check: 'answer', of: 'the command', expected: `${expected} ${why.source}`, observed: `${outcome} ${said}` }];
}
