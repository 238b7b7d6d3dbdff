import { type Ask, createRandom } from '@limpet/data-plane';

/** The rule's address. */
export const PUBLIC = '10.0.53.2';
export const PORT = 8080;

export function asks(clients: readonly string[], protocol: 'tcp' | 'http' = 'tcp'): Ask[] {
  return clients.map((client) => ({ client, ip: PUBLIC, port: PORT, protocol }));
}

/** `198.51.100.1` ... */
export function clientAddresses(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `198.51.100.${at + 1}`);
}

export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = createRandom(seed);
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
