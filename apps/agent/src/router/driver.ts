import type { Command, CommandResult, HaproxySettings, RuleKey, RuleRecord, RuleStatus } from '@limpet/contract';
import { canonicalRule } from '@limpet/contract';
import {
  allInForce,
  commandsFor,
  compareCertificates,
  onThisRouter,
  type Source,
  type UnreadableRule,
  withUnreadable,
} from '@limpet/operations';
import { inspectRouter, keyOf, type RouterLocation, type RuleStep, ruleId } from '@limpet/router';
import { OpenRouter, type RouterBehaviour } from './open-router.ts';

/** What became of a desired state that was applied. */
export interface Applied {
  /** Whether there was anything to change. */
  changes: boolean;
  /** Whether every rule is in force. */
  inForce: boolean;
  rules: RuleStatus[];
  notCarriedOut: readonly string[];
}

/** A rule as it is desired, and how it is. */
export interface RuleState {
  rule: RuleRecord;
  generation: number;
  status: RuleStatus;
}

/** Called when a command was sent, with a promise of how it ends. */
export type OnSent = (command: Command, settled: Promise<CommandResult>) => void;

/**
 * Brings about what is desired, through one router. Changes are taken in turn, and none waits for another to be in force:
 * a rule that takes long holds up no other.
 */
export class Driver {
  readonly router: OpenRouter;
  readonly #onSent: OnSent;
  #turn: Promise<unknown> = Promise.resolve();
  #unreadable: readonly UnreadableRule[] = [];
  #notCarriedOut: readonly string[] = [];

  private constructor(router: OpenRouter, onSent: OnSent) {
    this.router = router;
    this.#onSent = onSent;
  }

  /**
   * Opens the router with the settings that it had last.
   *
   * @param settings those of a router that never had any
   * @throws RouterError `ROUTER_LOCKED`, `ROUTER_STATE_UNREADABLE`
   */
  static async open(
    location: RouterLocation,
    settings: HaproxySettings,
    behaviour: RouterBehaviour,
    onSent: OnSent = () => {},
    onStep: (step: RuleStep) => void = () => {},
  ): Promise<Driver> {
    const { stored, settings: last } = await inspectRouter(location);
    return new Driver(await OpenRouter.open(location, stored ? last : settings, behaviour, onStep), onSent);
  }

  /** Resolves when what was desired last is in force again, or refused. */
  async restore(): Promise<void> {
    const { rules } = this.router.current.desired();
    await Promise.all(
      Object.values(rules).map(({ rule, generation }) => this.router.send({ type: 'putRule', rule, generation })),
    );
  }

  /**
   * Makes this the desired state, all of it. Resolves when each rule is in force or refused.
   *
   * @param admit is given the highest generation as it is now, and whether there is anything to change; what it throws,
   *   this call throws
   */
  async apply(source: Source, admit: (revision: number, changes: boolean) => void = () => {}): Promise<Applied> {
    const { sent, changes, here } = await this.#inTurn(async () => {
      const { dataPlane } = this.router.location;
      const [localAddresses, bindsNonlocal] = [await dataPlane.localAddresses(), await dataPlane.bindsNonlocal()];
      const compared = await compareCertificates(source, dataPlane.files);
      const here = onThisRouter(compared, { localAddresses, bindsNonlocal });
      const { rules: wanted, generation } = this.router.current.desired();
      const commands = commandsFor(here, { wanted, programmed: {}, generation });
      const isNew = (command: Command & { generation: number }): boolean => command.generation > generation;
      const changes = commands.some(isNew) || !this.router.isTold(here.settings);
      admit(generation, changes);
      await this.router.use(here.settings);
      this.#unreadable = here.unreadable;
      this.#notCarriedOut = here.notCarriedOut;
      // A rule that stays as it is is sent again: one that was refused is tried once more.
      const sent = commands.map((command) => (isNew(command) ? this.#send(command) : this.router.send(command)));
      return { here, changes, sent };
    });
    const results = await Promise.all(sent);
    const known = new Set(here.rules.map(ruleId));
    const statuses = results.flatMap(({ outcome, rules }) =>
      rules.filter(({ key }) => outcome !== 'applied' || known.has(ruleId(key))),
    );
    const rules = this.#withUnreadable(statuses);
    return { changes, inForce: allInForce(rules), rules, notCarriedOut: here.notCarriedOut };
  }

  /**
   * Puts one rule, or removes it, at a new generation.
   *
   * @param admit is given the rule as it is desired now; what it throws, this call throws. It may answer the generation
   *   of what is desired already, to wait for it and change nothing.
   */
  async change(
    change: { rule: RuleRecord } | { key: RuleKey },
    admit: (before: RuleState | undefined) => number | undefined,
  ): Promise<{ generation: number; created: boolean; result: CommandResult }> {
    const { generation, created, sent } = await this.#inTurn(async () => {
      const key = 'rule' in change ? change.rule : change.key;
      const before = (await this.rules()).find(({ rule }) => ruleId(rule) === ruleId(key));
      const next = admit(before) ?? this.router.current.desired().generation + 1;
      const command: Command =
        'rule' in change
          ? { type: 'putRule', rule: canonicalRule(change.rule), generation: next }
          : { type: 'removeRule', key: { ip: key.ip, port: key.port }, generation: next };
      return { generation: next, created: before === undefined, sent: this.#send(command) };
    });
    return { generation, created, result: await sent };
  }

  /** Sends a command as it is, with the generation that it has. */
  async send(command: Command): Promise<CommandResult> {
    const { sent } = await this.#inTurn(async () => ({ sent: this.#send(command) }));
    return sent;
  }

  /** The statuses of the rules; a rule that cannot be read is refused. */
  async statuses(): Promise<RuleStatus[]> {
    const { rules } = await this.router.current.reportRules({ type: 'reportRules' });
    return this.#withUnreadable(rules);
  }

  /** The rules as they are desired. */
  async rules(): Promise<RuleState[]> {
    const { rules: statuses } = await this.router.current.reportRules({ type: 'reportRules' });
    const byId = new Map(statuses.map((status) => [ruleId(status.key), status]));
    return Object.entries(this.router.current.desired().rules).map(([id, { rule, generation }]) => ({
      rule,
      generation,
      status: byId.get(id) ?? { key: keyOf(id), generation, observedGeneration: 0, conditions: [] },
    }));
  }

  /** Lines of the input that are not carried out, with the reason. */
  get notCarriedOut(): readonly string[] {
    return this.#notCarriedOut;
  }

  #send(command: Command): Promise<CommandResult> {
    const settled = this.router.send(command);
    if (command.type !== 'reportRules') this.#onSent(command, settled);
    return settled;
  }

  #withUnreadable(statuses: readonly RuleStatus[]): RuleStatus[] {
    if (this.#unreadable.length === 0) return [...statuses];
    const { rules: wanted } = this.router.current.desired();
    return withUnreadable(
      statuses,
      this.#unreadable,
      { wanted, verified: Object.fromEntries(statuses.map((status) => [ruleId(status.key), verifiedAs(status)])) },
      this.router.location.dataPlane.clock.now(),
    );
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}

const verifiedAs = ({ observedGeneration }: RuleStatus) => ({ generation: observedGeneration });
