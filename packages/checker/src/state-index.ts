/** Numbers packed states in the order in which they come: an open-addressed set with the words inline, so exact. */
export class StateIndex {
  readonly words: number;
  /** The states one after the other, `words` words each; replaced when it grows. */
  states: Uint32Array;
  size = 0;
  #slots: Int32Array;

  constructor(words: number) {
    this.words = words;
    this.states = new Uint32Array(1024 * words);
    this.#slots = new Int32Array(4096).fill(-1);
  }

  /** The number of the state at `source[at ..]`; a new state gets the next number. */
  add(source: Uint32Array, at: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(source, at, this.words) & mask;
    for (let id = this.#slots[slot]!; id !== -1; id = this.#slots[slot]!) {
      if (this.#isAt(id, source, at)) return id;
      slot = (slot + 1) & mask;
    }
    const id = this.size++;
    this.#slots[slot] = id;
    if (id * this.words === this.states.length) {
      const states = new Uint32Array(this.states.length * 2);
      states.set(this.states);
      this.states = states;
    }
    for (let word = 0; word < this.words; word++) this.states[id * this.words + word] = source[at + word]!;
    if (this.size * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #isAt(id: number, source: Uint32Array, at: number): boolean {
    for (let word = 0; word < this.words; word++) {
      if (this.states[id * this.words + word] !== source[at + word]) return false;
    }
    return true;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = this.#slots.length - 1;
    for (let id = 0; id < this.size; id++) {
      let slot = hash(this.states, id * this.words, this.words) & mask;
      while (this.#slots[slot] !== -1) slot = (slot + 1) & mask;
      this.#slots[slot] = id;
    }
  }
}

/** Multiply and fold, with the finaliser of MurmurHash3. */
function hash(source: Uint32Array, at: number, words: number): number {
  let mixed = 0;
  for (let word = 0; word < words; word++) mixed = Math.imul(mixed ^ source[at + word]!, 0x9e3779b1) ^ (mixed >>> 15);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
