/** A set of small numbers that is emptied at no cost: it is filled some hundred thousand times. */
export class StateSet {
  size = 0;
  #values = new Int32Array(1024);
  #stamps = new Uint32Array(1024);
  #stamp = 0;

  clear(): void {
    this.size = 0;
    if (this.#stamp === 2 ** 32 - 1) {
      this.#stamps.fill(0);
      this.#stamp = 0;
    }
    this.#stamp++;
  }

  add(value: number): void {
    if (value >= this.#stamps.length) this.#stamps = widened(this.#stamps, new Uint32Array(2 * value));
    if (this.#stamps[value] === this.#stamp) return;
    this.#stamps[value] = this.#stamp;
    if (this.size === this.#values.length) this.#values = widened(this.#values, new Int32Array(2 * this.size));
    this.#values[this.size++] = value;
  }

  /** The value that came as the `at`-th. */
  at(at: number): number {
    return this.#values[at]!;
  }

  sorted(): Int32Array {
    return this.#values.slice(0, this.size).sort();
  }
}

function widened<Values extends Int32Array | Uint32Array>(from: Values, to: Values): Values {
  to.set(from);
  return to;
}
