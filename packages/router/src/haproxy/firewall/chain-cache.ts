import type { PacketFilter } from '@limpet/data-plane';
import type { DesiredRule } from '../../desired.ts';
import { type ChainListener, chainRules, listenersOf } from './chain-rules.ts';
import { type ChainState, syncChain } from './sync-chain.ts';

/** The packet filter, and what it is known to hold: to ask it means to start a program. */
export class ChainCache {
  readonly #packetFilter: PacketFilter;
  /** What the router publishes itself. */
  readonly #statsPage: ChainListener | undefined;
  #known: ChainState | undefined;

  constructor(packetFilter: PacketFilter, statsPage?: ChainListener) {
    this.#packetFilter = packetFilter;
    this.#statsPage = statsPage;
  }

  /** Makes the chain admit exactly these rules. */
  async sync(wanted: readonly DesiredRule[]): Promise<void> {
    const listeners = listenersOf(
      wanted.map(({ rule }) => rule),
      this.#statsPage,
    );
    const lines = chainRules(listeners);
    const known = this.#known;
    if (known?.rules.join('\n') === lines.join('\n')) return;
    this.#known = undefined; // what a failure leaves is not known
    this.#known = await syncChain(this.#packetFilter, listeners, known);
  }

  /** Whether the chain has to be looked at when a rule becomes another. */
  concerns(before: DesiredRule | undefined, after: DesiredRule | undefined): boolean {
    const text = (wanted: DesiredRule | undefined): string => chainRules(wanted ? [wanted.rule] : []).join('\n');
    return this.#known === undefined || text(before) !== text(after);
  }

  /** Somebody else may have changed the chain. */
  forget(): void {
    this.#known = undefined;
  }
}
