import type { DataPlane } from '@limpet/data-plane';
import type { Router } from '@limpet/router';
import type { RouterKind, TestBed } from './test-bed.ts';

/** A router on its host. */
export type Powered = Pick<TestBed, 'crashAgent' | 'power'> & { readonly router: Router };

/**
 * Opens a router whose agent can crash, and whose host can be switched off and on.
 *
 * @param config the path of CloudStack's haproxy.cfg
 * @param create opens a router on what is on the disk
 */
export async function openPowered(
  kind: RouterKind,
  { haproxy, files }: Pick<DataPlane, 'haproxy' | 'files'>,
  config: string,
  create: () => Promise<Router>,
): Promise<Powered> {
  let router = await create();
  const reopen = async (): Promise<void> => {
    router = await create();
  };
  // What CloudStack knows is on its management server, and stays; systemd starts HAProxy on what is on the disk.
  const boot = async (): Promise<void> => {
    if ((await files.read(config)) !== undefined) await haproxy.start(config).catch(() => undefined);
  };
  return {
    get router() {
      return router;
    },
    crashAgent: kind === 'haproxy' ? reopen : undefined,
    power: kind === 'cloudstack' ? { off: () => haproxy.stop(), on: boot } : { off: () => router.close(), on: reopen },
  };
}
