/** The certificates of a worker, with the one change that may be under way (ssl_ckch.c, `ckchs_transaction`). */
export class CertificateStore {
  readonly #pems: Map<string, string>;
  transaction: { file: string; pem: string } | undefined;

  constructor(pems: ReadonlyMap<string, string>) {
    this.#pems = new Map(pems);
  }

  files(): string[] {
    return [...this.#pems.keys()];
  }

  pem(file: string): string | undefined {
    return this.#pems.get(file);
  }

  commit(): void {
    if (this.transaction) this.#pems.set(this.transaction.file, this.transaction.pem);
    this.transaction = undefined;
  }
}
