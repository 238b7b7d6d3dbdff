/** A binary min-heap of (node, key); a node may be pushed again with a smaller key, the stale entry is the caller's to skip. */
export class Heap {
  #nodes = new Uint32Array(1024);
  #keys = new Float64Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  clear(): void {
    this.#size = 0;
  }

  /** The smallest key; only when `size > 0`. */
  get key(): number {
    return this.#keys[0]!;
  }

  push(node: number, key: number): void {
    if (this.#size === this.#nodes.length) this.#grow();
    const nodes = this.#nodes;
    const keys = this.#keys;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (keys[parent]! <= key) break;
      nodes[at] = nodes[parent]!;
      keys[at] = keys[parent]!;
      at = parent;
    }
    nodes[at] = node;
    keys[at] = key;
  }

  /** Takes the node with the smallest key; only when `size > 0`. */
  pop(): number {
    const nodes = this.#nodes;
    const keys = this.#keys;
    const top = nodes[0]!;
    const size = --this.#size;
    const node = nodes[size]!;
    const key = keys[size]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && keys[child + 1]! < keys[child]!) child++;
      if (keys[child]! >= key) break;
      nodes[at] = nodes[child]!;
      keys[at] = keys[child]!;
      at = child;
    }
    nodes[at] = node;
    keys[at] = key;
    return top;
  }

  #grow(): void {
    const nodes = new Uint32Array(this.#nodes.length * 2);
    const keys = new Float64Array(nodes.length);
    nodes.set(this.#nodes);
    keys.set(this.#keys);
    this.#nodes = nodes;
    this.#keys = keys;
  }
}
