import { LabError } from '../errors.ts';
import type { HostCall, HostMethods, HostReply } from './host-protocol.ts';

/**
 * The host process's side: answers calls with `methods`, and ends the process when the lab that started it is gone.
 */
export function serve<T extends HostMethods<T>>(methods: T): void {
  const reply = (message: HostReply): void => {
    process.send?.(message);
  };
  const table = new Map(Object.entries(methods) as [string, (argument: unknown) => Promise<unknown>][]);
  process.on('message', async ({ id, method, argument }: HostCall) => {
    try {
      reply({ id, ok: true, value: await table.get(method)?.(argument) });
    } catch (error) {
      // Anything else is a defect: it ends this process, and the lab reports that.
      if (!(error instanceof LabError)) throw error;
      reply({ id, ok: false, code: error.code, message: error.message });
    }
  });
  process.on('disconnect', () => process.exit(0));
}
