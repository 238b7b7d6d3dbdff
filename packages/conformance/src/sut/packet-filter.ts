import type { DataPlane } from '@limpet/data-plane';

type PacketFilter = DataPlane['packetFilter'];

/**
 * The packet filter of a test bed, for observers. Its namespace has no other writer, so that what was read stays valid until
 * the router writes.
 */
export class Filter {
  /** The port that the router gets: its writes invalidate what was read. */
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

  /** Reads the filter's initial rules, to which `reset` returns. */
  static async open(filter: PacketFilter): Promise<Filter> {
    return new Filter(filter, inputOf(await filter.save()));
  }

  /** The output of `iptables-save`. */
  saved(): Promise<string> {
    this.#known ??= this.#filter.save();
    return this.#known;
  }

  /** Restores the initial rules. */
  async reset(): Promise<void> {
    const saved = await this.saved();
    const chains = [...saved.matchAll(/^:(\S+) - /gm)].map(([, chain]) => chain!);
    if (chains.length === 0 && inputOf(saved).join() === this.#initial.join()) return;
    const drop = chains.flatMap((chain) => [`-F ${chain}`, `-X ${chain}`]);
    await this.#restore(['-F INPUT', ...drop, ...this.#initial]);
  }

  /** Adds each accept of a rule a second time, as another program could. */
  async double(): Promise<void> {
    const accepts = (await this.saved()).split('\n').filter((line) => /^-A .* --dport .* -j ACCEPT$/.test(line));
    if (accepts.length > 0) await this.#restore(accepts);
  }

  /**
   * Makes the router's next write fail, as if another process held iptables' lock. nf_tables has no such lock: the error is
   * that of iptables-legacy.
   */
  hold(): void {
    this.#held = true;
  }

  /** The lock is free again. */
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

  /** A call that fails may have changed something, too. */
  async #write<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } finally {
      this.#known = undefined;
    }
  }
}

const inputOf = (saved: string): string[] => saved.split('\n').filter((line) => line.startsWith('-A INPUT '));
