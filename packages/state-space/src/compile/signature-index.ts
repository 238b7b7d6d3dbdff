/** Numbers sequences of numbers in the order in which they come: equal ones get the same number. */
export class SignatureIndex {
  size = 0;
  /** The sequences known, one after the other; sequence i is `starts[i] .. starts[i + 1]`. */
  #pool = new Float64Array(1 << 12);
  #starts = new Int32Array(1 << 8);
  #slots = new Int32Array(1 << 9).fill(-1);

  /** The number of the first `length` entries of `sequence`. */
  add(sequence: Float64Array, length: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(sequence, length) & mask;
    for (let at = this.#slots[slot]!; at !== -1; at = this.#slots[slot]!) {
      if (this.#is(at, sequence, length)) return at;
      slot = (slot + 1) & mask;
    }
    this.#slots[slot] = this.size;
    this.#append(sequence, length);
    if (this.size * 2 > this.#slots.length) this.#rehash();
    return this.size - 1;
  }

  #is(at: number, sequence: Float64Array, length: number): boolean {
    const start = this.#starts[at]!;
    if (this.#starts[at + 1]! - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.#pool[start + i] !== sequence[i]) return false;
    return true;
  }

  #append(sequence: Float64Array, length: number): void {
    const start = this.#starts[this.size]!;
    if (start + length > this.#pool.length) {
      const pool = new Float64Array(2 * (start + length));
      pool.set(this.#pool);
      this.#pool = pool;
    }
    this.#pool.set(sequence.subarray(0, length), start);
    if (this.size + 2 > this.#starts.length) {
      const starts = new Int32Array(2 * this.#starts.length);
      starts.set(this.#starts);
      this.#starts = starts;
    }
    this.#starts[++this.size] = start + length;
  }

  #rehash(): void {
    this.#slots = new Int32Array(2 * this.#slots.length).fill(-1);
    const mask = this.#slots.length - 1;
    for (let at = 0; at < this.size; at++) {
      const sequence = this.#pool.subarray(this.#starts[at]!, this.#starts[at + 1]!);
      let slot = hash(sequence, sequence.length) & mask;
      while (this.#slots[slot] !== -1) slot = (slot + 1) & mask;
      this.#slots[slot] = at;
    }
  }
}

function hash(sequence: Float64Array, length: number): number {
  let mixed = length;
  for (let i = 0; i < length; i++) mixed = Math.imul(mixed ^ sequence[i]!, 0x9e37_79b1) ^ (mixed >>> 15);
  return mixed ^ (mixed >>> 16);
}
