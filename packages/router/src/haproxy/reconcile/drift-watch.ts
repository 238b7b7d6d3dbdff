import { isDeepStrictEqual } from 'node:util';
import { conditionFalse, standbyReason } from '../../conditions.ts';
import { keyOf } from '../../names.ts';
import type { PortConflicts } from '../admission/port-conflicts.ts';
import { readCertificates } from '../config/certificates.ts';
import type { ProxySpec } from '../config/proxy-spec.ts';
import { renderFiles } from '../config/render.ts';
import type { Blockades } from '../firewall/blockades.ts';
import { notRespondingReason } from '../runtime/not-responding.ts';
import type { DistrustedCertificates } from '../verify/distrusted-certificates.ts';
import { type Drift, driftOf } from '../verify/drift.ts';
import { describeMembers, type MembersHealth, noneServes } from '../verify/members.ts';
import { observe, type Processes } from '../verify/observe.ts';
import { noMemberUp, reachability } from '../verify/reachability.ts';
import type { UnsharedTables } from '../verify/shared-tables.ts';
import { type RouterContext, setConditions } from './context.ts';
import type { Drifted } from './knowledge.ts';

const addressCame = 'its address has come, and HAProxy and iptables have the rule as it was verified';
const asItWas = 'what somebody else had changed is as it was again';

/** What was found beside drift. */
interface Found {
  portConflicts: PortConflicts;
  blockades: Blockades;
  members: MembersHealth;
  unshared: UnsharedTables;
  distrusted: DistrustedCertificates;
  /** That of conditions that tell of drift. */
  reason: string;
}

/** Sees what other programs change behind the router's back, and says so in the conditions of the rules concerned. */
export class DriftWatch {
  readonly #context: RouterContext;
  readonly #isProgressing: (id: string) => boolean;
  #processes: Processes | undefined;
  /** Rules whose conditions tell of drift. */
  #drifted = new Set<string>();

  /** @param isProgressing true while a change of the rule is not in force yet: what is found of it then means nothing. */
  constructor(context: RouterContext, isProgressing: (id: string) => boolean) {
    this.#context = context;
    this.#isProgressing = isProgressing;
  }

  /** The router itself has started or reloaded HAProxy: the next look takes the processes that it finds. */
  ownProcesses(): void {
    this.#processes = undefined;
  }

  /** Compares everything once with what was applied last, and returns what differs. */
  async look(specs: readonly ProxySpec[]): Promise<Drifted> {
    const { state } = this.#context;
    const { portConflicts, blockades, members, unshared, distrusted, reason, ...drift } = await this.#drift(specs);
    const before = new Set([...this.#drifted, ...state.portConflicts.keys(), ...state.blockades.keys()]);
    const { unshared: wereUnshared, distrusted: wereDistrusted } = state;
    state.recordUnshared(unshared);
    state.recordDistrusted(distrusted);
    state.recordPortConflicts(portConflicts);
    state.recordBlockades(blockades);
    state.recordMembers(
      specs.map(({ id }) => id),
      members,
    );
    const wereDrifted = this.#drifted;
    this.#drifted = new Set();
    for (const { id, generation } of specs) {
      if (this.#isProgressing(id)) continue;
      const found = [...(drift.rules.get(id) ?? []), ...drift.all];
      if (found.length > 0) this.#drifted.add(id);
      if (state.refusedGeneration(id) !== undefined) continue; // its conditions tell of a later version
      const waits = state.standby.has(id);
      const waited = this.#isToldToWait(id);
      const isTold =
        found.length > 0 ||
        [portConflicts, blockades, before, unshared, wereUnshared, distrusted, wereDistrusted].some((told) =>
          told.has(id),
        ) ||
        waits ||
        waited;
      const why = waited ? addressCame : before.has(id) ? asItWas : 'fresh and held connections obey the rule';
      const InForce = found.length > 0 ? conditionFalse(reason, found.join('; ')) : reachability(id, state, why);
      if (isTold || this.#membersDiffer(id, generation)) {
        setConditions(this.#context, id, { InForce }, generation);
      }
    }
    this.#context.activity.drifted += [...this.#drifted].filter((id) => !wereDrifted.has(id)).length;
    return { rules: this.#drifted, reloadedExternally: drift.reloadedExternally };
  }

  #isToldToWait(id: string): boolean {
    const { conditions } = this.#context.board.status(id, keyOf(id));
    return conditions.some(({ type, reason }) => type === 'InForce' && reason === standbyReason);
  }

  /** Whether the condition of a rule that is in force does not say yet how its members are now. */
  #membersDiffer(id: string, generation: number): boolean {
    const { board, state } = this.#context;
    const { conditions } = board.status(id, keyOf(id));
    const inForce = conditions.find(({ type }) => type === 'InForce');
    const isInForce = inForce?.status === 'True' || inForce?.reason === noMemberUp;
    const members = state.members.get(id);
    if (!isInForce || inForce.observedGeneration !== generation || !members) return false;
    return (
      noneServes(members) !== (inForce.reason === noMemberUp) ||
      !inForce.message.includes(describeMembers(members)) ||
      !isDeepStrictEqual(inForce.warnings, reachability(id, state, '').warnings)
    );
  }

  async #drift(specs: readonly ProxySpec[]): Promise<Drift & Found> {
    const { blockadeFinder, dataPlane, haproxy, paths, settings, state } = this.#context;
    const { blockades, distrusted, members, portConflicts, unshared } = state;
    try {
      const rules = specs.map(({ rule }) => rule);
      const certificates = await readCertificates(dataPlane.files, rules);
      const observed = await observe(dataPlane, paths, rules, { specs, blockadeFinder, certificates, settings });
      const files = renderFiles(specs, settings, paths, haproxy);
      const drift = driftOf(observed, { specs, files, settings, certificates, haproxy, processes: this.#processes });
      const { notResponding, processes } = observed;
      // After a reload by somebody else it stays unknown what HAProxy was made to read until the router reloads it itself.
      if (!notResponding) this.#processes ??= processes;
      const reason = notResponding ? notRespondingReason : 'Drift';
      const { portConflicts, blockades, members, unshared, distrusted } = observed;
      return { ...drift, portConflicts, blockades, members, unshared, distrusted, reason };
    } catch (error) {
      const all = [(error as Error).message];
      return {
        ...{ rules: new Map(), all, reloadedExternally: false, reason: 'Drift' },
        ...{ portConflicts, blockades, members, unshared, distrusted },
      };
    }
  }
}
