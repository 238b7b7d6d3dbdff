import type { RuleRecord } from '@limpet/contract';
import type { DesiredRule } from '../../desired.ts';
import { ruleId } from '../../names.ts';
import type { Refusal } from '../../refusal.ts';
import type { RouterSettings } from '../config/settings.ts';
import { appCookieEntries } from '../config/stickiness.ts';

/** Bytes of a table entry by address: the growth of a HAProxy 2.6.12 worker with 100,000 entries, per entry. */
const entryBytes = 208;

/** File descriptors that HAProxy needs besides connections and checks: listeners, pipes, CLI connections, log. */
const reservedDescriptors = 128;

const tableBytes = ({ stickiness }: RuleRecord): number => {
  if (stickiness.method === 'SourceBased') return stickiness.tableSize * entryBytes;
  return stickiness.method === 'AppCookie' ? appCookieEntries * (entryBytes + stickiness.length) : 0;
};

/** A rule needs two listeners, and one connection for each member's health check. */
const descriptors = ({ members }: RuleRecord): number => 2 + members.length;

/** The memory for stick tables and the file descriptors of a router, less what its rules take. */
export class Capacity {
  readonly #settings: RouterSettings;
  readonly #limit: number;
  #tableBytes = 0;
  #descriptors: number;

  /** @param limit file descriptors that the host gives to a process; `budget.fileDescriptors` takes precedence. */
  constructor(settings: RouterSettings, limit: number) {
    this.#settings = settings;
    this.#limit = settings.budget.fileDescriptors ?? limit;
    // HAProxy needs one descriptor on each side of a connection.
    this.#descriptors = reservedDescriptors + 2 * settings.maxConnections;
  }

  /** Takes the rule's share. */
  take(rule: RuleRecord): void {
    this.#tableBytes += tableBytes(rule);
    this.#descriptors += descriptors(rule);
  }

  /** Why the rule does not fit; undefined when it does. Takes nothing. */
  refusal(rule: RuleRecord): Refusal | undefined {
    const { budget } = this.#settings;
    const bytes = this.#tableBytes + tableBytes(rule);
    if (tableBytes(rule) > 0 && bytes > budget.tableBytes) {
      const field = rule.stickiness.method === 'SourceBased' ? 'stickiness.tableSize' : 'stickiness.length';
      return {
        reason: 'TableBudgetExceeded',
        message: `${field}: all stick tables together could take ${bytes} bytes, and the router has ${budget.tableBytes} for them; ask for less, or give other rules smaller ones`,
      };
    }
    const needed = this.#descriptors + descriptors(rule);
    if (needed > this.#limit) {
      return {
        reason: 'DescriptorBudgetExceeded',
        message: `members: HAProxy could need ${needed} file descriptors, and has ${this.#limit}; have fewer members, lower the setting maxConnections, or raise the limit (ulimit -Hn, LimitNOFILE of systemd)`,
      };
    }
    return undefined;
  }
}

/**
 * The capacity that is left for `rules` on a router that has `programmed`, by rule id. Other versions of `rules` among
 * the programmed ones take nothing, since `rules` replace them.
 */
export function remainingCapacity(
  rules: readonly RuleRecord[],
  programmed: ReadonlyMap<string, DesiredRule>,
  settings: RouterSettings,
  descriptorLimit: number,
): Capacity {
  const replaced = new Set(rules.map(ruleId));
  const capacity = new Capacity(settings, descriptorLimit);
  for (const [id, { rule }] of programmed) if (!replaced.has(id)) capacity.take(rule);
  return capacity;
}
