/**
 * The router under test, and all that can happen to it.
 *
 * @module
 */
import type { Command, CommandResult, RuleKey } from '@limpet/contract';
import { dispatch } from '@limpet/contract';
import { CrashInjector, type DataPlane } from '@limpet/data-plane';
import type { Router, RouterSettings } from '@limpet/router';
import { proxyName } from '@limpet/router';
import { failToReload, installedConfig } from '../installed-config.ts';
import { sectionOf } from './config-section.ts';
import type { HostLoss } from './taken-from-host.ts';
import type { TestBed } from './test-bed.ts';

/**
 * Opens a router on a data plane; called again after a crash or a reboot.
 *
 * @param dir - the router's folder
 * @param settings - other settings than the usual ones, for a router that has such
 */
export type OpenRouter = (
  dataPlane: DataPlane,
  dir: string,
  settings?: Partial<RouterSettings>,
) => Promise<OpenedRouter>;

/** A router under test, in this process or in one of its own. */
export interface OpenedRouter extends Router {
  /**
   * For a router in a process of its own: whether it has done anything since it was asked. Its calls arrive later than it
   * makes them, so that none in flight does not mean that it is idle.
   */
  isBusy?(): Promise<boolean>;
  /** Ends a router that has a process of its own, as a crash does. Its calls return no more by then. */
  kill?(): Promise<void>;
}

/** How a kind of router lives. */
export interface RouterTraits {
  readonly open: OpenRouter;
  /** The router has a process of its own, which can crash while its host runs on. */
  readonly crashes: boolean;
  /** The router keeps nothing over a restart of its host: its embedder sends all rules again. */
  readonly embedded: boolean;
  /** The packet filter admits the clients of a rule. */
  readonly filtersNetworks: boolean;
  /** A rule without members has a listener that gives no answer. */
  readonly servesEmptyRules: boolean;
  /** A server has the name of its VM; otherwise it is known by its address. */
  readonly namesServers: boolean;
  /** The numeric id of a server is never used again. */
  readonly keepsServerIds: boolean;
  /** The router verifies rules, and reports InForce for each that is. */
  readonly verifies: boolean;
  /** The removal of a rule can fail. */
  readonly refusesRemovals: boolean;
  /** The router has HAProxy check the rules that change, and not those that stay: the reload may still refuse the whole. */
  readonly checksPart: boolean;
  /** The router looks by itself whether its host still has what rules need. */
  readonly watchesHost: boolean;
  /** HAProxy is started with the host, and not by the router. */
  readonly startsWithMachine: boolean;
}

/** Milliseconds of virtual time after which the router has looked for drift. */
const DRIFT_PERIOD = 5_000;

/** A router on a host that can be stopped, wiped and made to fail. */
export class SystemUnderTest {
  readonly traits: RouterTraits;
  readonly #testBed: TestBed;
  readonly #blocked = new Map<string, Block>();
  /** For embedded routers: of each rule the last applied command, and the refused commands after it. */
  readonly #history = new Map<string, SentCommand[]>();
  #injector = new CrashInjector();
  #router: OpenedRouter | undefined;

  constructor(testBed: TestBed, traits: RouterTraits) {
    this.#testBed = testBed;
    this.traits = traits;
  }

  /** Sends a command. Resolves to the answer when the router is idle. */
  async send(command: Command): Promise<CommandResult> {
    const answer = await this.sendAtOnce(command);
    await this.idle();
    return answer;
  }

  /** Sends a command. Resolves to the answer as soon as there is one, whatever else the router does then. */
  async sendAtOnce(command: Command): Promise<CommandResult> {
    const answer = await dispatch(this.#open(), command);
    this.#note(command, answer.outcome);
    return answer;
  }

  /** Resolves when the router has no work left. */
  async idle(): Promise<void> {
    do await this.#injector.idle();
    while (await this.#router?.isBusy?.());
  }

  /** Starts the host, and the router on it. */
  async boot(): Promise<void> {
    const { dataPlane, dir } = this.#testBed.host();
    const config = `${dir}/haproxy.cfg`;
    if (this.traits.startsWithMachine && (await dataPlane.files.read(config)) !== undefined)
      await dataPlane.haproxy.start(config).catch(() => {});
    await this.#start();
    if (this.traits.embedded) await this.#sendAgain();
  }

  /** Stops the host; its disk stays. */
  async halt(): Promise<void> {
    if (this.#router === undefined) return;
    await this.#kill();
    this.#router = undefined;
    await this.#testBed.host().dataPlane.haproxy.stop();
    await this.#testBed.filter.reset();
  }

  /** Destroys the host and its disk. */
  async wipe(): Promise<void> {
    await this.halt();
    this.#blocked.clear();
    this.#history.clear();
    await this.#testBed.wipe();
  }

  /** Crashes the router, and starts it again; HAProxy goes on. @param meanwhile - done while the router is down */
  async crash(meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    if (!this.traits.crashes) return;
    await this.#kill();
    await meanwhile();
    await this.#start();
  }

  /** The host has it no more, and the router has had time to see that. */
  async lose(what: HostLoss): Promise<void> {
    this.#testBed.take(what, true);
    await this.passDriftPeriod();
  }

  /** The host has it again, and the router has had time to see that. */
  async regain(what: HostLoss): Promise<void> {
    this.#testBed.take(what, false);
    await this.passDriftPeriod();
  }

  /** Time for the router to look at its host; on a real clock it is started anew instead, and looks then. */
  async passDriftPeriod(): Promise<void> {
    if (this.#testBed.kind === 'real') return this.crash();
    await this.#testBed.host().dataPlane.clock.sleep(DRIFT_PERIOD);
    await this.idle();
  }

  /**
   * Sends a command, crashes the router after so many calls to its data plane, and starts it again. CloudStack's router is down
   * between any two commands.
   *
   * @param meanwhile - done while the router is down; by default another program adds accepts that are there already
   */
  async crashDuring(
    command: Command,
    calls: number,
    meanwhile: () => Promise<void> = () => this.#testBed.filter.double(),
  ): Promise<void> {
    if (!this.traits.crashes) return meanwhile();
    const crashed = this.#injector.crashAfter(calls);
    const answered = dispatch(this.#open(), command).then(() => this.idle());
    await Promise.race([crashed, answered]);
    await this.#kill();
    await meanwhile();
    await this.#start();
  }

  /** Sends a command while the packet filter is locked: the router's first write fails, and it has to try again. */
  async sendLocked(command: Command): Promise<CommandResult> {
    if (!this.traits.crashes) return this.send(command);
    const { filter } = this.#testBed;
    filter.hold();
    try {
      return await this.send(command);
    } finally {
      filter.release();
    }
  }

  /** Sends a command that the router has to refuse; HAProxy refuses the rule until `unblock`. */
  async refuse(command: Command, key: RuleKey): Promise<CommandResult> {
    if (command.type === 'removeRule' && !this.traits.refusesRemovals) {
      // The removal cannot fail in this router: the refusal of the model comes from elsewhere.
      this.#note(command, 'applied');
      return { outcome: 'refused', rules: [] };
    }
    await this.#block(key);
    return this.send(command);
  }

  /**
   * From now on HAProxy refuses every configuration in which the rule differs from now. While HAProxy is down, it accepts a
   * configuration without the rule: a router that searches for the rule to blame tries the others alone.
   */
  async #block(key: RuleKey): Promise<void> {
    const { dataPlane, dir } = this.#testBed.host();
    const installed = await installedConfig(dataPlane, dir);
    this.#blocked.set(proxyName(key), { ip: key.ip, allowed: sectionOf(installed, proxyName(key)) });
  }

  /** HAProxy accepts changes of the rule again. */
  unblock(key: RuleKey): void {
    this.#blocked.delete(proxyName(key));
  }

  /** Ends the router, and leaves an empty disk and the initial packet filter. */
  async close(): Promise<void> {
    await this.wipe();
    await this.#testBed.filter.reset();
  }

  async #start(): Promise<void> {
    const { dataPlane, dir } = this.#testBed.host();
    this.#injector = new CrashInjector();
    this.#router = await this.traits.open(this.#injector.guard(this.#refusing(dataPlane)), dir);
    await this.idle();
  }

  async #kill(): Promise<void> {
    await this.#injector.kill();
    await this.#router?.kill?.();
  }

  #open(): Router {
    if (this.#router === undefined)
      throw new TypeError('the router is down: no step of the model sends commands to it');
    return this.#router;
  }

  #note(command: Command, outcome: CommandResult['outcome']): void {
    if (outcome === 'superseded' || command.type === 'reportRules') return;
    if (command.type === 'syncRules') {
      const known = [...this.#history.values()].flat().map(({ command: sent }) => generationOf(sent));
      if (outcome === 'refused' || known.some((generation) => generation > command.snapshot.revision)) return;
      this.#history.clear();
      this.#history.set('all', [{ command, outcome }]);
      return;
    }
    const rule = proxyName(command.type === 'putRule' ? command.rule : command.key);
    const before = outcome === 'applied' ? [] : (this.#history.get(rule) ?? []);
    this.#history.set(rule, [...before, { command, outcome }]);
  }

  async #sendAgain(): Promise<void> {
    const blocked = [...this.#blocked];
    for (const { command, outcome } of [...this.#history.values()].flat()) {
      this.#blocked.clear();
      if (outcome === 'refused') for (const [proxy, block] of blocked) this.#blocked.set(proxy, block);
      await dispatch(this.#open(), command);
    }
    for (const [proxy, block] of blocked) this.#blocked.set(proxy, block);
  }

  #refusing(dataPlane: DataPlane): DataPlane {
    const { files, haproxy } = dataPlane;
    const { dir } = this.#testBed.host();
    /** The proxy for which HAProxy refuses the text. @param isWhole - whether it is of all rules */
    const refusedIn = async (text: string | undefined, isWhole: boolean): Promise<string | undefined> => {
      const lacks = isWhole && (await haproxy.running());
      return [...this.#blocked].find(([proxy, { allowed }]) => {
        const section = sectionOf(text, proxy);
        return section !== undefined ? section !== allowed : allowed !== undefined && lacks;
      })?.[0];
    };
    const check = async (path: string) => {
      const proxy = await refusedIn(await files.read(path), !this.traits.checksPart);
      return proxy === undefined
        ? haproxy.check(path)
        : { ok: false as const, message: `[ALERT] parsing [${path}] : error in proxy '${proxy}'` };
    };
    const signalReload = async () => {
      const isRefused = (await refusedIn(await installedConfig(dataPlane, dir), true)) !== undefined;
      await (isRefused ? failToReload(dataPlane, dir) : haproxy.signalReload());
    };
    const refused = (ip: string) => [...this.#blocked.values()].some((block) => block.ip === ip && !block.allowed);
    return {
      ...dataPlane,
      haproxy: new Proxy(haproxy, {
        get: (target, name) => {
          if (name === 'check') return check;
          if (name === 'signalReload' && this.traits.checksPart) return signalReload;
          const member: unknown = Reflect.get(target, name);
          return typeof member === 'function' ? member.bind(target) : member;
        },
      }),
      localAddresses: async () => (await dataPlane.localAddresses()).filter((ip) => !refused(ip)),
    };
  }
}

interface SentCommand {
  command: Command;
  outcome: CommandResult['outcome'];
}

interface Block {
  ip: string;
  allowed: string | undefined;
}

const generationOf = (command: Command): number => {
  if (command.type === 'reportRules') return 0;
  return command.type === 'syncRules' ? command.snapshot.revision : command.generation;
};
