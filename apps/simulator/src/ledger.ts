/** Counts what happened to the clients, over a whole simulation. */
export class Ledger {
  /** Connections opened. */
  connections = 0;
  /** Fresh connections without an answer, and held ones that died although nothing was done to their rule or VM. */
  failed = 0;
  /** Held connections of changed rules that were closed. */
  drained = 0;
  readonly #moved = new Set<string>();

  moved(client: string): void {
    this.#moved.add(client);
  }

  /** Sticky clients that had to leave a VM which was still there. */
  get clientsMoved(): number {
    return this.#moved.size;
  }
}
