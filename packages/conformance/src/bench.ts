import type { Subject } from './subject.ts';
import type { World } from './world.ts';

/** A router on a world. */
export interface Bench {
  readonly world: World;
  readonly subject: Subject;
}
