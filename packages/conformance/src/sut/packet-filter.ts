import type { DataPlane } from '@limpet/data-plane';

type PacketFilter = DataPlane['packetFilter'];

/**
 * The packet filter of a world, for those who look at it. Nobody else is in its namespace: what was read is true until
 * the router writes.
 */
export class Filter {
  /** The same filter, for the router. */
  readonly watched: PacketFilter;
  readonly #filter: PacketFilter;
  readonly #initial: readonly string[];
  #known: Promise<string> | undefined;
  #held = false;

  private constructor(filter: PacketFilter, initial: readonly string[]) {
    this.#filter = filter;
    this.#initial = initial;
    this.watched = {
      save: () => filter.save(),
      restore: (text) => this.#write(() => this.#refuseHeld() ?? filter.restore(text)),
      run: (args) => this.#write(() => this.#refuseHeld() ?? filter.run(args)),
    };
  }

  static async open(filter: PacketFilter): Promise<Filter> {
    return new Filter(filter, inputOf(await filter.save()));
  }

  /** What `iptables-save` says. */
  saved(): Promise<string> {
    this.#known ??= this.#filter.save();
    return this.#known;
  }

  /** As it was before any rule. */
  async reset(): Promise<void> {
    const saved = await this.saved();
    const chains = [...saved.matchAll(/^:(\S+) - /gm)].map(([, chain]) => chain!);
    if (chains.length === 0 && inputOf(saved).join() === this.#initial.join()) return;
    const drop = chains.flatMap((chain) => [`-F ${chain}`, `-X ${chain}`]);
    await this.#restore(['-F INPUT', ...drop, ...this.#initial]);
  }

  /** Somebody else adds each line that lets clients of a rule in a second time. */
  async double(): Promise<void> {
    const accepts = (await this.saved()).split('\n').filter((line) => /^-A .* --dport .* -j ACCEPT$/.test(line));
    if (accepts.length > 0) await this.#restore(accepts);
  }

  /**
   * Somebody holds iptables' lock when the router writes the next time. nf_tables has no lock to be held: what
   * iptables-legacy then says is said for it.
   */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
  }

  #refuseHeld(): Promise<never> | undefined {
    if (!this.#held) return undefined;
    this.#held = false;
    return Promise.reject(new Error('Another app is currently holding the xtables lock; iptables waited for it'));
  }

  #restore(lines: readonly string[]): Promise<void> {
    return this.#write(() => this.#filter.restore(['*filter', ...lines, 'COMMIT', ''].join('\n')));
  }

  /** Also a call that fails may have changed something. */
  async #write<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } finally {
      this.#known = undefined;
    }
  }
}

const inputOf = (saved: string): string[] => saved.split('\n').filter((line) => line.startsWith('-A INPUT '));
