import type { SystemUnderTest } from './system-under-test.ts';
import type { TestBed } from './test-bed.ts';

/** A router on a world. */
export interface TestSession {
  readonly testBed: TestBed;
  readonly sut: SystemUnderTest;
}
