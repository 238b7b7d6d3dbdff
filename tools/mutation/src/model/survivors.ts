/** Why the check may say that all holds of a mutant. */
export interface Reviewed {
  /** The mutant's id, or the beginning of several that live for one reason. */
  readonly id: string;
  readonly why: string;
  /** Something is lost that the check does not see: to be closed. Absent: nobody who uses the model could tell. */
  readonly isGap?: true;
}

/** Every survivor, looked at by a person. One that is not here is a finding, and so is an entry that nothing survives of. */
export const REVIEWED: readonly Reviewed[] = [
  {
    id: 'router.machine.ts:initial:swap-name:absent:starting',
    why: 'A run begins elsewhere, and comes to the same states: a router that starts can be destroyed. Which state is first, the golden edges of the machine hold.',
  },
];
