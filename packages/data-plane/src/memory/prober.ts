import { HaproxyError } from '@limpet/haproxy';
import type { ProbeConnection, Prober } from '../ports.ts';
import type { MemoryHaproxy } from './haproxy.ts';

/** Opens connections over the unix bind of a rule, with a claimed source address. */
export class MemoryProber implements Prober {
  readonly #haproxy: MemoryHaproxy;

  constructor(haproxy: MemoryHaproxy) {
    this.#haproxy = haproxy;
  }

  async open(socketPath: string, source: string): Promise<ProbeConnection> {
    const worker = this.#haproxy.current;
    const [found] = worker?.listeners((bind) => 'unix' in bind && bind.unix === socketPath && bind.proxyProtocol) ?? [];
    if (!worker || !found) {
      throw new HaproxyError(
        'HAPROXY_CLI_UNREACHABLE',
        `no HAProxy answers on ${socketPath}; does the rule have a probe bind?`,
      );
    }
    const connection = worker.accept(found.proxy, { ip: source, port: 40000, listener: found.listener, unix: true });
    if (!connection) return { close() {} };
    if (found.proxy.spec.mode === 'http') worker.request(connection);
    return { close: () => worker.close(connection) };
  }
}
