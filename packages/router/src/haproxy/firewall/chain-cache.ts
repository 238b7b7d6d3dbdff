import type { PacketFilter } from '@limpet/data-plane';
import type { DesiredRule } from '../../desired.ts';
import { type ChainListener, chainRules, listenersOf } from './chain-rules.ts';
import { type ChainState, syncChain } from './sync-chain.ts';

/** The router's chain, cached: reading it means to start a program. */
export class ChainCache {
  readonly #packetFilter: PacketFilter;
  /** The router's own listeners. */
  readonly #own: readonly ChainListener[];
  #known: ChainState | undefined;

  /** @param own the router's own listeners. */
  constructor(packetFilter: PacketFilter, own: readonly ChainListener[] = []) {
    this.#packetFilter = packetFilter;
    this.#own = own;
  }

  /** Makes the chain admit clients of exactly these rules. Throws as {@link syncChain}. */
  async sync(rules: readonly DesiredRule[]): Promise<void> {
    const listeners = listenersOf(
      rules.map(({ rule }) => rule),
      this.#own,
    );
    const lines = chainRules(listeners);
    const known = this.#known;
    if (known?.rules.join('\n') === lines.join('\n')) return;
    this.#known = undefined; // a failure leaves an unknown chain
    this.#known = await syncChain(this.#packetFilter, listeners, known);
  }

  /** Whether the change of a rule may need a change of the chain. */
  concerns(before: DesiredRule | undefined, after: DesiredRule | undefined): boolean {
    const text = (desired: DesiredRule | undefined): string => chainRules(desired ? [desired.rule] : []).join('\n');
    return this.#known === undefined || text(before) !== text(after);
  }

  /** Empties the cache: another program may have changed the chain. */
  forget(): void {
    this.#known = undefined;
  }
}
