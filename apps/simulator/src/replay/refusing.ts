import type { RuleKey } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';

/**
 * A HAProxy that rejects every configuration with one rule's listener, as for a port that another process has, on a host whose
 * addresses can go elsewhere.
 */
export class RefusingHaproxy {
  /** The rule to reject; undefined: none. */
  rejected: RuleKey | undefined;
  /** The host has none of its addresses. */
  isAway = false;

  /** The data plane with this HAProxy in place of its own. */
  readonly install = (dataPlane: DataPlane): DataPlane => {
    const { haproxy, files } = dataPlane;
    const problem = async (path: string): Promise<string | undefined> => {
      if (this.rejected === undefined) return undefined;
      const { ip, port } = this.rejected;
      const binds = new RegExp(`\\b${ip.replaceAll('.', '\\.')}:${port}\\b`).test((await files.read(path)) ?? '');
      return binds ? `cannot bind socket (Address already in use) for [${ip}:${port}]` : undefined;
    };
    return {
      ...dataPlane,
      localAddresses: async () => (this.isAway ? [] : dataPlane.localAddresses()),
      haproxy: {
        version: () => haproxy.version(),
        running: () => haproxy.running(),
        stop: () => haproxy.stop(),
        signalReload: () => haproxy.signalReload(),
        master: (command) => haproxy.master(command),
        runtime: (commands) => haproxy.runtime(commands),
        pin: () => haproxy.pin(),
        check: async (path) => {
          const message = await problem(path);
          return message === undefined ? haproxy.check(path) : { ok: false, message };
        },
        start: async (path) => {
          const message = await problem(path);
          if (message !== undefined) throw new Error(message);
          await haproxy.start(path);
        },
      },
    };
  };
}
