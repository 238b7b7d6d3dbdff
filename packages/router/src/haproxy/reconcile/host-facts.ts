import type { RuleRecord } from '@limpet/contract';
import type { Refusal } from '../../refusal.ts';
import { findPortConflicts } from '../admission/port-conflicts.ts';
import { type AdmissionFacts, refusalsOf } from '../admission/refusals.ts';
import { standbyOf } from '../admission/standby.ts';
import type { Certificates } from '../config/certificates.ts';
import type { RouterContext } from './context.ts';

/** What the host has of what rules need, as it was last asked: its addresses, and who else listens on them. */
export class HostFacts {
  readonly #context: RouterContext;
  #addresses: Pick<AdmissionFacts, 'local' | 'bindsNonlocal'> = { local: new Set(), bindsNonlocal: false };

  constructor(context: RouterContext) {
    this.#context = context;
  }

  /** True when the host had the address. */
  has(ip: string): boolean {
    return this.#addresses.local.has(ip);
  }

  async readAddresses(): Promise<void> {
    const { dataPlane, settings, state } = this.#context;
    const wanted = Object.values(state.store.desired.rules);
    const rules = [...wanted, ...state.programmed.values()].map(({ rule }) => rule);
    const local = new Set(await dataPlane.localAddresses());
    const standby = standbyOf(rules, settings, local);
    // Asked only of a pair: it starts a program.
    this.#addresses = { local, bindsNonlocal: standby.size > 0 && (await dataPlane.bindsNonlocal()) };
    state.recordStandby(standby);
  }

  async readPortConflicts(): Promise<void> {
    const { dataPlane, state } = this.#context;
    state.recordPortConflicts(await findPortConflicts(dataPlane));
  }

  /** By rule id, why a rule cannot be served on this host. */
  refusalsOf(rules: readonly RuleRecord[], certificates: Certificates): ReadonlyMap<string, Refusal> {
    const { descriptorLimit, settings, state } = this.#context;
    const { portConflicts, programmed } = state;
    const facts = { certificates, descriptorLimit, settings, portConflicts, programmed };
    return refusalsOf(rules, { ...this.#addresses, ...facts });
  }
}
