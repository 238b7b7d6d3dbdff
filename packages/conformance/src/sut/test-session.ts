import type { SystemUnderTest } from './system-under-test.ts';
import type { World } from './test-bed.ts';

/** A router on a world. */
export interface Bench {
  readonly world: World;
  readonly sut: SystemUnderTest;
}
