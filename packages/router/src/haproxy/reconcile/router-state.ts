import type { DesiredRule } from '../../desired.ts';
import type { PortConflicts } from '../admission/port-conflicts.ts';
import type { ServerIds } from '../config/server-ids.ts';
import type { Store } from '../state/state-file.ts';

/**
 * What a router knows of its rules between two rounds. Every part is written by one method, and every method has the
 * callers that this table names; all others only read.
 *
 * | part | written by | when |
 * |---|---|---|
 * | `store.desired` | the commands (`router.ts`) | a command arrives |
 * | `store.serverIds` | `Reconciler` | a round begins, before anything is applied |
 * | `store.inForce` | `Rollout`; `Reconciler` for a rule that was never there | a rollout ends |
 * | `programmed` | `BatchApplier`; `Reconciler` when HAProxy is gone | HAProxy and iptables took a batch |
 * | refusals | `Reconciler` | admission, HAProxy or the kernel refuses a rule; a command asks again |
 * | `portConflicts` | `Reconciler`, `DriftWatch` | `ss` was asked |
 * | `closed` | `router.ts` | the router is closed |
 */
export class RouterState {
  /** What outlives a restart. */
  readonly store: Store;
  readonly #refused = new Map<string, number>();
  #programmed: ReadonlyMap<string, DesiredRule>;
  #portConflicts: PortConflicts = new Map();
  #closed = false;

  constructor(store: Store) {
    this.store = store;
    this.#programmed = new Map(Object.entries(store.inForce));
  }

  /** Rules that HAProxy has been given, by id; after a restart, those that were last verified to be in force. */
  get programmed(): ReadonlyMap<string, DesiredRule> {
    return this.#programmed;
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

  /** The generation at which the rule was refused. It is not tried again until it changes, or is sent again. */
  refusedGeneration(id: string): number | undefined {
    return this.#refused.get(id);
  }

  recordRefusal(id: string, generation: number): void {
    this.#refused.set(id, generation);
  }

  /** The rule is tried again, as if it had never been refused. */
  clearRefusal(id: string): void {
    this.#refused.delete(id);
  }

  recordServerIds(ids: ServerIds): void {
    this.store.serverIds = ids;
  }

  /** The rule was verified at this version; undefined: it was verified to be gone, and another version of it is wanted. */
  recordInForce(id: string, rule: DesiredRule | undefined): void {
    if (rule) this.store.inForce[id] = rule;
    else delete this.store.inForce[id];
  }

  /** Keeps nothing of a rule that is gone for good. Its server ids are not used again either. */
  forget(id: string): void {
    const { store } = this;
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
