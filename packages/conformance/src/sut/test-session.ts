import type { SystemUnderTest } from './system-under-test.ts';
import type { TestBed } from './test-bed.ts';

/** A system under test on its test bed. */
export interface TestSession {
  readonly testBed: TestBed;
  readonly sut: SystemUnderTest;
}
