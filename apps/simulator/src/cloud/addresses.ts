/** Hands out IPv4 addresses in order, each once; the last byte is never 0 or 255. */
export class AddressPool {
  #next: number;
  readonly #used: ReadonlySet<string>;

  constructor(first: string, used: ReadonlySet<string> = new Set()) {
    this.#next = toNumber(first);
    this.#used = used;
  }

  take(): string {
    for (;;) {
      const address = toText(this.#next);
      const last = this.#next % 256;
      this.#next += 1;
      if (last !== 0 && last !== 255 && !this.#used.has(address)) return address;
    }
  }
}

const toNumber = (ip: string): number => ip.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);

const toText = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
