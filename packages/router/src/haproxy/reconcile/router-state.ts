import type { Snapshot, VersionedKey, VersionedRule } from '@limpet/contract';
import { type DesiredRule, putRule, removeRule, syncRules, type Verdict } from '../../desired.ts';
import { ruleId } from '../../names.ts';
import type { PortConflicts } from '../admission/port-conflicts.ts';
import type { ServerIds } from '../config/server-ids.ts';
import type { Blockades } from '../firewall/blockades.ts';
import type { Store } from '../state/store.ts';
import type { StoredState } from '../state/stored-state.ts';
import type { DistrustedCertificates } from '../verify/distrusted-certificates.ts';
import type { MemberHealth, MembersHealth } from '../verify/members.ts';
import type { UnsharedTables } from '../verify/shared-tables.ts';

/** A version of a rule that was refused, and the reason in its conditions. */
export interface RecordedRefusal {
  generation: number;
  reason: string;
}

/**
 * What a router knows of its rules between two rounds. Every part is written by one method, and every method has the
 * callers that this table names; all others only read.
 *
 * | part | written by | when |
 * |---|---|---|
 * | `store.desired` | the commands (`router.ts`), by `putRule`, `removeRule`, `syncRules` | a command arrives |
 * | `store.serverIds` | `Reconciler` | a round begins, before anything is applied |
 * | `store.inForce` | `Rollout`; `Reconciler` for a rule that was never there | a rollout ends |
 * | `programmed` | `BatchApplier`; `Reconciler` when HAProxy, or its listener of a refused rule, is gone | HAProxy and iptables took a batch |
 * | refusals | `Reconciler` | admission, HAProxy or the kernel refuses a rule; a command asks again |
 * | `portConflicts` | `Reconciler`, `DriftWatch` | `ss` was asked |
 * | `blockades` | `BatchApplier`, `DriftWatch` | iptables was read |
 * | `members` | `BatchApplier`, `DriftWatch` | HAProxy was read |
 * | `unshared` | `DriftWatch` | HAProxy was read |
 * | `distrusted` | `BatchApplier`, `DriftWatch` | certificates were read |
 * | `standby` | `Reconciler` | the host was asked for its addresses |
 * | `store.settings` | nobody | it is what the router was opened with |
 * | `closed` | `router.ts` | the router is closed |
 */
export class RouterState {
  /** What outlives a restart. */
  readonly store: Store;
  readonly #refused = new Map<string, RecordedRefusal>();
  #programmed: ReadonlyMap<string, DesiredRule>;
  #portConflicts: PortConflicts = new Map();
  #blockades: Blockades = new Map();
  readonly #members = new Map<string, MemberHealth>();
  #unshared: UnsharedTables = new Map();
  #distrusted: DistrustedCertificates = new Map();
  #standby: ReadonlySet<string> = new Set();
  #closed = false;
  /** Ids of the rules of which the store may have changed since it was saved. */
  #unsaved = new Set<string>();

  constructor(store: Store) {
    this.store = store;
    this.#programmed = new Map(Object.entries(store.inForce));
  }

  /** Wants a rule. */
  putRule(versioned: VersionedRule): Verdict {
    this.#unsaved.add(ruleId(versioned.rule));
    return putRule(this.store.desired, versioned);
  }

  /** Wants a rule to be gone. */
  removeRule(versioned: VersionedKey): Verdict {
    this.#unsaved.add(ruleId(versioned.key));
    return removeRule(this.store.desired, versioned);
  }

  /** Wants the rules of the snapshot. */
  syncRules(snapshot: Snapshot): Verdict {
    const { rules, removed } = this.store.desired;
    const named = snapshot.rules.map(({ rule }) => ruleId(rule));
    for (const id of [...Object.keys(rules), ...Object.keys(removed), ...named]) this.#unsaved.add(id);
    return syncRules(this.store.desired, snapshot);
  }

  /** Puts what has changed on disk. Calls must not overlap. */
  async save(stored: Pick<StoredState, 'save'>): Promise<void> {
    const touched = this.#unsaved;
    this.#unsaved = new Set();
    try {
      await stored.save(this.store, touched);
    } catch (error) {
      for (const id of touched) this.#unsaved.add(id);
      throw error;
    }
  }

  /** Rules that HAProxy has been given, by id; after a restart, those that were last verified to be in force. */
  get programmed(): ReadonlyMap<string, DesiredRule> {
    return this.#programmed;
  }

  /** Ids of the rules that HAProxy has, or has again when it is back: what was counted of them is kept. */
  known(): string[] {
    return [...new Set([...this.#programmed.keys(), ...Object.keys(this.store.inForce)])];
  }

  /** Records what HAProxy and iptables have now. */
  recordProgrammed(rules: ReadonlyMap<string, DesiredRule>): void {
    this.#programmed = rules;
  }

  /** By rule id, the process that listens on its port beside HAProxy, as it was last seen. */
  get portConflicts(): PortConflicts {
    return this.#portConflicts;
  }

  recordPortConflicts(conflicts: PortConflicts): void {
    this.#portConflicts = conflicts;
  }

  /** By rule id, what iptables does with its clients, as it was last seen. */
  get blockades(): Blockades {
    return this.#blockades;
  }

  recordBlockades(blockades: Blockades): void {
    this.#blockades = blockades;
  }

  /** By rule id, how its members were when they were last looked at. */
  get members(): MembersHealth {
    return this.#members;
  }

  /** Records how the members of these rules are; nothing is known any more of those that `members` lacks. */
  recordMembers(ids: Iterable<string>, members: MembersHealth): void {
    for (const id of ids) {
      const health = members.get(id);
      if (health) this.#members.set(id, health);
      else this.#members.delete(id);
    }
  }

  /** By rule id, why the other router of the pair does not learn its sticky clients, as HAProxy was last seen. */
  get unshared(): UnsharedTables {
    return this.#unshared;
  }

  recordUnshared(tables: UnsharedTables): void {
    this.#unshared = tables;
  }

  /** By rule id, why clients do not trust its certificate, as it was last read. */
  get distrusted(): DistrustedCertificates {
    return this.#distrusted;
  }

  recordDistrusted(certificates: DistrustedCertificates): void {
    this.#distrusted = certificates;
  }

  /** Ids of rules whose address the other router of the pair has, as the host was last asked. */
  get standby(): ReadonlySet<string> {
    return this.#standby;
  }

  recordStandby(ids: ReadonlySet<string>): void {
    this.#standby = ids;
  }

  /** The generation at which the rule was refused. It is not tried again until it changes, or is sent again. */
  refusedGeneration(id: string): number | undefined {
    return this.#refused.get(id)?.generation;
  }

  /** Why the rule was refused: a condition's reason. */
  refusalReason(id: string): string | undefined {
    return this.#refused.get(id)?.reason;
  }

  recordRefusal(id: string, refusal: RecordedRefusal): void {
    this.#refused.set(id, refusal);
  }

  /** The rule is tried again, as if it had never been refused. */
  clearRefusal(id: string): void {
    this.#refused.delete(id);
  }

  /** @param touched ids of the rules whose servers may have got other ids. */
  recordServerIds(ids: ServerIds, touched: Iterable<string>): void {
    this.store.serverIds = ids;
    for (const id of touched) this.#unsaved.add(id);
  }

  /** The rule was verified at this version; undefined: it was verified to be gone, and another version of it is wanted. */
  recordInForce(id: string, rule: DesiredRule | undefined): void {
    this.#unsaved.add(id);
    if (rule) this.store.inForce[id] = rule;
    else delete this.store.inForce[id];
  }

  /** Keeps nothing of a rule that is gone for good. Its server ids are not used again either. */
  forget(id: string): void {
    const { store } = this;
    this.#unsaved.add(id);
    delete store.inForce[id];
    const { [id]: _, ...ids } = store.serverIds.ids;
    store.serverIds = { ...store.serverIds, ids };
  }

  /** True once another router, or none, drives this host: nothing is changed any more. */
  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
  }
}
