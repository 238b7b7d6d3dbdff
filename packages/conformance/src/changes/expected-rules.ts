import type { RuleKey, RuleRecord, VersionedRule } from '@limpet/contract';
import { ruleId } from '@limpet/router';
import type { ExpectedOutcome } from '../concretize/expected-outcome.ts';
import type { TestBed } from '../sut/test-bed.ts';

interface ExpectedState {
  readonly key: RuleKey;
  /** As it was asked for last. */
  wanted: VersionedRule | undefined;
  /** As HAProxy must have it. */
  installed: VersionedRule | undefined;
  /** The router has to say of it that it is in force. */
  inForce: boolean;
}

/** What a router must have after the operations so far, and the VMs behind it. */
export class ExpectedRules {
  readonly #vms: TestBed['vms'];
  /** Address by VM. */
  readonly #running = new Map<string, string>();
  /** By rule id; removed rules too. */
  readonly #rules = new Map<string, ExpectedState>();
  #generation = 0;

  constructor(vms: TestBed['vms']) {
    this.#vms = vms;
  }

  /** A generation that was never used. */
  nextGeneration(): number {
    this.#generation += 1;
    return this.#generation;
  }

  /** Starts the VMs of a rule where it has its members, and gives it a generation. */
  async want(rule: RuleRecord): Promise<VersionedRule> {
    await this.startVms(rule);
    const wanted = { rule, generation: this.nextGeneration() };
    const key = { ip: rule.ip, port: rule.port };
    const before = this.#rules.get(ruleId(rule));
    this.#rules.set(ruleId(rule), { key, wanted, installed: before?.installed, inForce: false });
    return wanted;
  }

  /** The router has taken what is wanted of a rule. @param inForce - its probes have shown that it holds */
  took({ rule, generation }: VersionedRule, inForce = true): void {
    const state = this.#rules.get(ruleId(rule))!;
    state.installed = { rule, generation };
    state.inForce = inForce;
  }

  /** What the rule needs has gone, or come back: nothing else of it changes. */
  setInForce(rule: RuleRecord, inForce: boolean): void {
    this.#rules.get(ruleId(rule))!.inForce = inForce;
  }

  /** The rule is not to be there any more. */
  remove(key: RuleKey): void {
    this.#rules.set(ruleId(key), { key, wanted: undefined, installed: undefined, inForce: false });
  }

  /** None of the rules is to be there any more. */
  removeAll(): void {
    for (const { key } of [...this.#rules.values()]) this.remove(key);
  }

  /** Starts the VMs of a rule, those at another address than before anew. */
  async startVms({ members }: RuleRecord): Promise<void> {
    for (const { vm, ip, port } of members) {
      const address = `${ip}:${port}`;
      if (this.#running.get(vm) === address) continue;
      await this.#stop([vm]);
      await this.#vms.start([{ vm, ip, port }]);
      this.#running.set(vm, address);
    }
  }

  /** Ends the VMs of a rule. */
  async stopVms({ members }: RuleRecord): Promise<void> {
    await this.#stop(members.map(({ vm }) => vm));
  }

  /** Ends all VMs. */
  async end(): Promise<void> {
    await this.#stop([...this.#running.keys()]);
  }

  /** The rule as HAProxy must have it. */
  installed(key: RuleKey): RuleRecord | undefined {
    return this.#rules.get(ruleId(key))?.installed?.rule;
  }

  /** The generation that was asked for last. */
  generation(key: RuleKey): number | undefined {
    return this.#rules.get(ruleId(key))?.wanted?.generation;
  }

  /** Rules as they were asked for last. */
  wanted(): RuleRecord[] {
    return [...this.#rules.values()].flatMap(({ wanted }) => wanted?.rule ?? []);
  }

  /** Ids of the wanted rules that are not in force. */
  notInForce(): string[] {
    return [...this.#rules.values()].flatMap(({ key, wanted, inForce }) => (wanted && !inForce ? [ruleId(key)] : []));
  }

  /** What the oracle compares with. */
  outcome(): ExpectedOutcome {
    return {
      up: true,
      reports: true,
      alive: new Set(this.#running.keys()),
      rules: [...this.#rules.values()].map(({ key, wanted, installed, inForce }) => ({
        key,
        wanted,
        installed,
        claim: wanted === undefined ? 'nothing' : inForce ? 'in force' : 'refused',
      })),
    };
  }

  async #stop(vms: readonly string[]): Promise<void> {
    const running = vms.filter((vm) => this.#running.has(vm));
    if (running.length > 0) await this.#vms.destroy(running);
    for (const vm of running) this.#running.delete(vm);
  }
}
