import type { RuleRecord } from '@limpet/contract';

/** A group as the cloud has it now. The cloud writes it; the clients read it, to know what they may expect. */
export interface Group {
  readonly index: number;
  readonly name: string;
  /** The rule as it is wanted. */
  rule: RuleRecord;
  /** True once its stickiness or algorithm has been changed: then its clients may move. */
  changed: boolean;
  /** True while all of its VMs are being replaced: no VM can answer then. */
  emptying: boolean;
}
