import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from './errors.ts';
import { type ExecResult, exitCode } from './exec.ts';
import { type Lab, type LabOptions, openLab } from './lab.ts';
import { initialFilter } from './network/topology.ts';
import { LAB_ROOT } from './paths.ts';
import type { Clients, Vms } from './traffic/traffic.ts';

/** Labs that nobody has borrowed, by their options. */
const free = new Map<string, Lab[]>();

/** What a program leaves that was ended with its lab. */
const ended: ExecResult = { code: exitCode(null, 'SIGKILL'), stdout: '', stderr: '' };

/**
 * A lab for one test of many: `close` makes it as new for the next one of this process who wants the same, since to
 * open a lab starts a dozen programs. What a borrower starts with `exec` or `spawn` after `close` does not run.
 *
 * As new means: no program, no VM, no held connection, the first packet filter of iptables, a folder of its own.
 * Open a lab (`openLab`) for what changes more, such as addresses or the filter of iptables-legacy.
 *
 * @throws LabError as {@link openLab}
 */
export async function borrowLab({ vms = [], ...options }: LabOptions): Promise<Lab> {
  const key = JSON.stringify(options);
  const lab = free.get(key)?.pop() ?? (await openLab(options));
  const dir = await mkdtemp(join(LAB_ROOT, 'lab-'));
  await chmod(dir, 0o755);
  const clients = remembered(lab.clients);
  const services = destroyable(lab.vms);
  let closed = false;
  await services.vms.start(vms);
  return {
    dir,
    exec: (...program) => (closed ? Promise.resolve(ended) : lab.exec(...program)),
    spawn: (...program) => (closed ? spawn('false') : lab.spawn(...program)),
    clients: clients.clients,
    vms: services.vms,
    endPrograms: () => lab.endPrograms(),
    async close() {
      if (closed) return;
      closed = true;
      try {
        await lab.endPrograms();
        await Promise.all([clients.releaseAll(), services.destroyAll(), restoreFilter(lab)]);
        await rm(dir, { recursive: true, force: true });
      } catch {
        return lab.close();
      }
      free.set(key, [...(free.get(key) ?? []), lab]);
    },
  };
}

async function restoreFilter(lab: Lab): Promise<void> {
  const { code, stderr } = await lab.exec('iptables-restore', [], { input: initialFilter });
  if (code !== 0) throw new LabError('LAB_SETUP_FAILED', `iptables-restore failed: ${stderr.trim()}`);
}

/** Clients whose held connections can be released together. */
function remembered(clients: Clients): { clients: Clients; releaseAll(): Promise<void> } {
  const ids: number[] = [];
  return {
    clients: {
      ...clients,
      async hold(asks) {
        const held = await clients.hold(asks);
        ids.push(...held.map(({ id }) => id));
        return held;
      },
    },
    releaseAll: () => clients.release(ids),
  };
}

/** VMs that can be destroyed together. */
function destroyable(vms: Vms): { vms: Vms; destroyAll(): Promise<void> } {
  const names = new Set<string>();
  return {
    vms: {
      ...vms,
      async start(records) {
        for (const { vm } of records) names.add(vm);
        await vms.start(records);
      },
    },
    destroyAll: () => vms.destroy([...names]),
  };
}
