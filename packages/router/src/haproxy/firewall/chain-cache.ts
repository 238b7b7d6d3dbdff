import type { PacketFilter } from '@limpet/data-plane';
import type { Wanted } from '../../desired.ts';
import { acceptRules, type Published, publishedOf } from './chain-rules.ts';
import { type AcceptChain, admitRules } from './sync-chain.ts';

/** The packet filter, and what it is known to hold: to ask it means to start a program. */
export class Accepts {
  readonly #packetFilter: PacketFilter;
  /** What the router publishes itself. */
  readonly #statsPage: Published | undefined;
  #known: AcceptChain | undefined;

  constructor(packetFilter: PacketFilter, statsPage?: Published) {
    this.#packetFilter = packetFilter;
    this.#statsPage = statsPage;
  }

  /** Makes the chain admit exactly these rules. */
  async admit(wanted: readonly Wanted[]): Promise<void> {
    const published = publishedOf(
      wanted.map(({ rule }) => rule),
      this.#statsPage,
    );
    const lines = acceptRules(published);
    const known = this.#known;
    if (known?.rules.join('\n') === lines.join('\n')) return;
    this.#known = undefined; // what a failure leaves is not known
    this.#known = await admitRules(this.#packetFilter, published, known);
  }

  /** Whether the chain has to be looked at when a rule becomes another. */
  concerns(before: Wanted | undefined, after: Wanted | undefined): boolean {
    const text = (wanted: Wanted | undefined): string => acceptRules(wanted ? [wanted.rule] : []).join('\n');
    return this.#known === undefined || text(before) !== text(after);
  }

  /** Somebody else may have changed the chain. */
  forget(): void {
    this.#known = undefined;
  }
}
