import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ExecResult, type Lab, openLab } from '@limpet/lab';
import { stringify } from 'yaml';
import { limpet } from './limpet.ts';

const bin = fileURLToPath(new URL('../bin/limpet.js', import.meta.url));

/** `limpet` on the router of a lab. */
export interface RouterInLab {
  lab: Lab;
  /** The router's folder. */
  dir: string;
  /** The rules file that `limpet` is given. */
  file: string;
  limpet(command: string, ...args: string[]): Promise<ExecResult>;
  /** As `limpet`, in a process of its own, with these words before it, such as those of `prlimit`. */
  limpetBy(words: readonly string[], command: string, ...args: string[]): Promise<ExecResult>;
  write(...rules: object[]): Promise<void>;
  /** What one client of an address and port gets: the VM, or how the connection failed. */
  reached(ip: string, port: number, client?: string): Promise<string>;
}

/** The addresses of the field cases, and their VMs with a service on each of these ports. */
export async function openRouterInLab(ports: readonly number[] = [80]): Promise<RouterInLab> {
  const vms = ['vm-1', 'vm-2', 'vm-3'].flatMap((vm, at) =>
    ports.map((port) => ({ vm, ip: `10.1.1.1${at + 1}`, port })),
  );
  const lab = await openLab({ publicIps: ['203.0.113.10', '203.0.113.50'], clientNetworks: ['198.51.100.0/24'], vms });
  const [dir, file] = [join(lab.dir, 'router'), join(lab.dir, 'rules.yaml')];
  const limpetBy: RouterInLab['limpetBy'] = (words, command, ...args) => {
    const [program = '', ...rest] = [...words, process.execPath, bin, command, ...args, '--dir', dir];
    return lab.exec(program, rest);
  };
  return {
    lab,
    dir,
    file,
    limpet: (command, ...args) => limpet([command, ...args, '--dir', dir], lab.exec),
    limpetBy,
    write: (...rules) => writeFile(file, stringify({ rules })),
    async reached(ip, port, client = '198.51.100.1') {
      const [answer] = await lab.clients.ask([{ client, ip, port, protocol: 'tcp' }]);
      return answer!.ok ? answer!.vm : answer!.error;
    },
  };
}

/** A file of a field case. */
export const fieldCase = (name: string): string => fileURLToPath(new URL(`../testdata/field/${name}`, import.meta.url));

/** By rule, `status reason` of its condition `InForce`, of a command with `-o json`. */
export function inForceOf({ stdout }: ExecResult): Record<string, string> {
  const { rules } = JSON.parse(stdout) as {
    rules: { key: { ip: string; port: number }; conditions: { type: string; status: string; reason: string }[] }[];
  };
  return Object.fromEntries(
    rules.map(({ key, conditions }) => {
      const found = conditions.find(({ type }) => type === 'InForce');
      return [`${key.ip}:${key.port}`, `${found?.status} ${found?.reason}`];
    }),
  );
}
