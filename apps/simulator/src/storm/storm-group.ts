import type { RuleRecord } from '@limpet/contract';
import type { Group } from '../cloud/group.ts';
import type { Operation } from './operations.ts';

/** A rule of a storm as its clients know it. */
export class StormGroup implements Group {
  readonly index: number;
  readonly name: string;
  rule: RuleRecord;
  changed = false;
  emptying = false;
  /** What was done to it last. */
  last: Operation | undefined;

  constructor(rule: RuleRecord) {
    this.rule = rule;
    this.index = rule.port;
    this.name = `${rule.ip}:${rule.port}`;
  }
}
