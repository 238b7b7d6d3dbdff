import type { StepsSeen } from './steps-seen.ts';
import type { SystemUnderTest } from './system-under-test.ts';
import type { TestBed } from './test-bed.ts';

/** A system under test on its test bed. */
export interface TestSession {
  /** What the router has done to HAProxy since it was asked last. */
  readonly steps: StepsSeen;
  readonly testBed: TestBed;
  readonly sut: SystemUnderTest;
}
