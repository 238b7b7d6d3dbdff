import type { Files } from '@limpet/data-plane';

/** What a host can take from a rule, as its router sees it: the address is elsewhere, the certificate's file is no PEM. */
export type HostLoss =
  | { readonly need: 'address'; readonly ip: string }
  | { readonly need: 'certificate'; readonly path: string };

/**
 * What a router's host has no more. Only the router does not see it: the addresses of a lab stay where its clients find them, and the
 * labs of a sandbox share one disk.
 */
export class TakenFromHost {
  readonly #ips = new Set<string>();
  readonly #paths = new Set<string>();

  /** @param gone - otherwise it is there again */
  take(what: HostLoss, gone: boolean): void {
    const [all, one] = what.need === 'address' ? [this.#ips, what.ip] : [this.#paths, what.path];
    if (gone) all.add(one);
    else all.delete(one);
  }

  /** All is there again. */
  clear(): void {
    this.#ips.clear();
    this.#paths.clear();
  }

  /** The addresses that are left. */
  addresses(all: readonly string[]): string[] {
    return all.filter((ip) => !this.#ips.has(ip));
  }

  /** The files, of which the certificates that were taken are no PEM. */
  files(files: Files): Files {
    return {
      read: async (path, maxBytes) => (this.#paths.has(path) ? 'no PEM' : files.read(path, maxBytes)),
      list: (folder) => files.list(folder),
      write: (path, text, durability) => files.write(path, text, durability),
      remove: (path) => files.remove(path),
      lock: (path, lost) => files.lock(path, lost),
    };
  }
}
