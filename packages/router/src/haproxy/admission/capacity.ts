import type { RuleRecord } from '@limpet/contract';
import type { RouterSettings } from '../config/settings.ts';
import { appCookieEntries } from '../config/stickiness.ts';
import type { Refusal } from './refusal.ts';

/** Bytes of an entry by address: by how much 100,000 of them make a worker of HAProxy 2.6.12 grow. */
const entryBytes = 208;

/** Listeners, pipes, CLI connections, log: what HAProxy needs besides connections and checks. */
const reservedDescriptors = 128;

const tableBytes = ({ stickiness }: RuleRecord): number => {
  if (stickiness.method === 'SourceBased') return stickiness.tableSize * entryBytes;
  return stickiness.method === 'AppCookie' ? appCookieEntries * (entryBytes + stickiness.length) : 0;
};

/** Two listeners, and a connection for each check that is under way. */
const descriptors = ({ members }: RuleRecord): number => 2 + members.length;

/** What rules ask of memory and of file descriptors, against what the router has. */
export class Capacity {
  readonly #settings: RouterSettings;
  readonly #limit: number;
  #tableBytes = 0;
  #descriptors: number;

  /** @param limit file descriptors that the machine gives to a process; the settings may say another. */
  constructor(settings: RouterSettings, limit: number) {
    this.#settings = settings;
    this.#limit = settings.budget.fileDescriptors ?? limit;
    // Each connection has one descriptor on either side.
    this.#descriptors = reservedDescriptors + 2 * settings.maxConnections;
  }

  /** Counts a rule that is there. */
  take(rule: RuleRecord): void {
    this.#tableBytes += tableBytes(rule);
    this.#descriptors += descriptors(rule);
  }

  /** Why there is no room for a rule, if there is none. */
  refusal(rule: RuleRecord): Refusal | undefined {
    const { budget } = this.#settings;
    const bytes = this.#tableBytes + tableBytes(rule);
    if (tableBytes(rule) > 0 && bytes > budget.tableBytes) {
      const field = rule.stickiness.method === 'SourceBased' ? 'stickiness.tableSize' : 'stickiness.length';
      return {
        reason: 'TableBudgetExceeded',
        message: `${field}: all stick tables together could take ${bytes} bytes, and the router has ${budget.tableBytes} for them; ask for less, or raise budget.tableBytes`,
      };
    }
    const needed = this.#descriptors + descriptors(rule);
    if (needed > this.#limit) {
      return {
        reason: 'DescriptorBudgetExceeded',
        message: `members: HAProxy could need ${needed} file descriptors, and has ${this.#limit}; have fewer members, lower maxConnections of the router, or raise its limit (ulimit -Hn, LimitNOFILE of systemd)`,
      };
    }
    return undefined;
  }
}
