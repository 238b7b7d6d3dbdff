/**
 * The process of all VMs, in the guest namespace.
 *
 * @module
 */
import { LabError } from '../errors.ts';
import type { Vm, Vms } from '../traffic/traffic.ts';
import { serve } from './host-serve.ts';
import { VmService } from './vm-service.ts';

interface Running {
  vm: string;
  service: VmService;
}

function createVms(): Vms {
  /** By `ip:port`. */
  const running = new Map<string, Running>();

  async function startOne(record: Vm): Promise<void> {
    const address = `${record.ip}:${record.port}`;
    const owner = running.get(address);
    if (owner !== undefined) {
      throw new LabError(
        'LAB_ADDRESS_IN_USE',
        `VM ${record.vm}: ${address} belongs to VM ${owner.vm}; destroy that first`,
      );
    }
    const service = new VmService(record);
    running.set(address, { vm: record.vm, service });
    try {
      await service.listen(record.ip, record.port);
    } catch (error) {
      running.delete(address);
      throw new LabError('LAB_BAD_ADDRESS', `VM ${record.vm}: cannot listen on ${address}: ${String(error)}`, {
        cause: error,
      });
    }
  }

  function end(addresses: Iterable<string>): void {
    for (const address of addresses) {
      running.get(address)?.service.destroy();
      running.delete(address);
    }
  }

  return {
    async start(vms) {
      const results = await Promise.allSettled(vms.map(startOne));
      const failure = results.find((result) => result.status === 'rejected');
      if (failure === undefined) return;
      end(vms.filter((_, index) => results[index]?.status === 'fulfilled').map(({ ip, port }) => `${ip}:${port}`));
      throw failure.reason;
    },
    async destroy(vms) {
      const doomed = new Set(vms);
      end([...running].filter(([, { vm }]) => doomed.has(vm)).map(([address]) => address));
    },
  };
}

serve(createVms());
