import type { DataPlane } from '@limpet/router';

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

  private constructor(filter: PacketFilter, initial: readonly string[]) {
    this.#filter = filter;
    this.#initial = initial;
    this.watched = {
      save: () => filter.save(),
      restore: (text) => this.#write(() => filter.restore(text)),
      run: (args) => this.#write(() => filter.run(args)),
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
    await this.watched.restore(['*filter', '-F INPUT', ...drop, ...this.#initial, 'COMMIT', ''].join('\n'));
  }

  /** Somebody else adds each line that lets clients of a rule in a second time. */
  async double(): Promise<void> {
    const accepts = (await this.saved()).split('\n').filter((line) => /^-A .* --dport .* -j ACCEPT$/.test(line));
    if (accepts.length > 0) await this.watched.restore(['*filter', ...accepts, 'COMMIT', ''].join('\n'));
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
