/**
 * The router under test, and all that can happen to it.
 *
 * @module
 */
import type { Command, CommandResult, RuleKey } from '@limpet/contract';
import { dispatch } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import type { Router } from '@limpet/router';
import { proxyName } from '@limpet/router';
import { sectionOf } from './config-section.ts';
import { CrashInjector } from './crash-injector.ts';
import type { TestBed } from './test-bed.ts';

/** Opens a router on a machine, also after a crash or a reboot. */
export type OpenRouter = (dataPlane: DataPlane, dir: string) => Promise<Router>;

/** How a kind of router lives. */
export interface RouterTraits {
  readonly open: OpenRouter;
  /** It has a process of its own, which can crash without its machine. */
  readonly crashes: boolean;
  /** It keeps nothing over a restart of the machine: whoever embeds it sends all rules again. */
  readonly embedded: boolean;
  /** Who may connect to a rule is up to the packet filter. */
  readonly filtersNetworks: boolean;
  /** A rule without members is there, and has nobody who answers. */
  readonly servesEmptyRules: boolean;
  /** A server has the name of its VM; otherwise it is known by its address. */
  readonly namesServers: boolean;
  /** The id of a server is never given out again. */
  readonly keepsServerIds: boolean;
  /** It says of a rule that is in force that it is. */
  readonly verifies: boolean;
  /** A removal can fail. */
  readonly refusesRemovals: boolean;
  /** HAProxy is started with the machine, and not by the router. */
  readonly startsWithMachine: boolean;
}

/** A router on a machine that can be stopped, wiped and made to fail. */
export class SystemUnderTest {
  readonly traits: RouterTraits;
  readonly #testBed: TestBed;
  readonly #blocked = new Map<string, Block>();
  /** The last command about each rule that was applied, and those that were refused after it, for routers that keep nothing. */
  readonly #history = new Map<string, SentCommand[]>();
  #injector = new CrashInjector();
  #router: Router | undefined;

  constructor(testBed: TestBed, traits: RouterTraits) {
    this.#testBed = testBed;
    this.traits = traits;
  }

  /** Resolves to the answer when the router has come to rest. */
  async send(command: Command): Promise<CommandResult> {
    const answer = await dispatch(this.#open(), command);
    this.#note(command, answer.outcome);
    await this.#injector.idle();
    return answer;
  }

  /** The machine starts, and the router on it. */
  async boot(): Promise<void> {
    const { dataPlane, dir } = this.#testBed.machine();
    const config = `${dir}/haproxy.cfg`;
    if (this.traits.startsWithMachine && (await dataPlane.files.read(config)) !== undefined)
      await dataPlane.haproxy.start(config).catch(() => {});
    await this.#start();
    if (this.traits.embedded) await this.#sendAgain();
  }

  /** The machine goes down; what is on its disk stays. */
  async halt(): Promise<void> {
    if (this.#router === undefined) return;
    await this.#injector.kill();
    this.#router = undefined;
    await this.#testBed.machine().dataPlane.haproxy.stop();
    await this.#testBed.filter.reset();
  }

  /** The machine is gone, and its disk. */
  async wipe(): Promise<void> {
    await this.halt();
    this.#blocked.clear();
    this.#history.clear();
    await this.#testBed.wipe();
  }

  /** The router ends where it is, and is started again; HAProxy goes on. */
  async crash(): Promise<void> {
    if (!this.traits.crashes) return;
    await this.#injector.kill();
    await this.#start();
  }

  /**
   * Sends a command, and lets the router crash after so many calls to its machine; it is started again. While it is
   * down, as CloudStack's router is between two commands, somebody else adds accepts that are there already.
   */
  async crashDuring(command: Command, calls: number): Promise<void> {
    if (!this.traits.crashes) return this.#testBed.filter.double();
    const crashed = this.#injector.crashAfter(calls);
    const answered = dispatch(this.#open(), command).then(() => this.#injector.idle());
    await Promise.race([crashed, answered]);
    await this.#injector.kill();
    await this.#testBed.filter.double();
    await this.#start();
  }

  /** Sends a command; somebody holds the packet filter's lock when the router writes to it first, and it has to try again. */
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

  /** Sends a command that the router refuses; its machine stays so until the rule is unblocked. */
  async refuse(command: Command, key: RuleKey): Promise<CommandResult> {
    if (command.type === 'removeRule' && !this.traits.refusesRemovals) {
      // It cannot fail: that it does is a fault of what stands before it.
      this.#note(command, 'applied');
      return { outcome: 'refused', rules: [] };
    }
    await this.#block(key);
    return this.send(command);
  }

  /**
   * From now on HAProxy refuses every configuration in which the rule is not as it is now; not at a start that it is
   * not there, since a router that looks for the rule to blame tries the others without it.
   */
  async #block(key: RuleKey): Promise<void> {
    const { dataPlane, dir } = this.#testBed.machine();
    const installed = await dataPlane.files.read(`${dir}/haproxy.cfg`);
    this.#blocked.set(proxyName(key), { ip: key.ip, allowed: sectionOf(installed, proxyName(key)) });
  }

  unblock(key: RuleKey): void {
    this.#blocked.delete(proxyName(key));
  }

  async close(): Promise<void> {
    await this.wipe();
    await this.#testBed.filter.reset();
  }

  async #start(): Promise<void> {
    const { dataPlane, dir } = this.#testBed.machine();
    this.#injector = new CrashInjector();
    this.#router = await this.traits.open(this.#injector.guard(this.#refusing(dataPlane)), dir);
    await this.#injector.idle();
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
    const check = async (path: string) => {
      const text = await files.read(path);
      const running = await haproxy.running();
      for (const [proxy, { allowed }] of this.#blocked) {
        const section = sectionOf(text, proxy);
        if (section !== undefined ? section !== allowed : allowed !== undefined && running)
          return { ok: false as const, message: `[ALERT] parsing [${path}] : error in proxy '${proxy}'` };
      }
      return haproxy.check(path);
    };
    const refused = (ip: string) => [...this.#blocked.values()].some((block) => block.ip === ip && !block.allowed);
    return {
      ...dataPlane,
      haproxy: new Proxy(haproxy, {
        get: (target, name) => {
          if (name === 'check') return check;
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
