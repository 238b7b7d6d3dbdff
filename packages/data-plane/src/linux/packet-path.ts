import type { Backend, Exec } from '@limpet/netfilter';
import type { PacketPathTexts } from '../ports.ts';

/** By IPv4 address of the host, the interface that has it (`ip -json -4 address` of iproute2). */
export async function readInterfaces(exec: Exec): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await exec('ip', ['-json', '-4', 'address']);
  const interfaces = JSON.parse(stdout) as { ifname: string; addr_info: { family: string; local: string }[] }[];
  return new Map(
    interfaces.flatMap(({ ifname, addr_info }) =>
      addr_info.filter(({ family }) => family === 'inet').map(({ local }): [string, string] => [local, ifname]),
    ),
  );
}

/**
 * Reads what both back ends of iptables have. A packet passes the rules of both, whichever of them `iptables` is. Without
 * a table, `iptables-legacy-save` prints those that the kernel has, and does not make it load others.
 */
export async function readPacketPath(exec: Exec): Promise<PacketPathTexts> {
  const [nft, legacy, sets, interfaces] = await Promise.all([
    outputOf(exec, 'iptables-nft-save'),
    outputOf(exec, 'iptables-legacy-save'),
    outputOf(exec, 'ipset', 'save'),
    readInterfaces(exec),
  ]);
  const rulesets = [
    ['nft', nft],
    ['legacy', legacy],
  ] as const;
  return {
    rulesets: rulesets.flatMap(([backend, text]): { backend: Backend; text: string }[] =>
      text === undefined ? [] : [{ backend, text }],
    ),
    sets: sets ?? '',
    interfaces,
  };
}

/** Undefined when the program is not there or says that it cannot: a host need not have both back ends, nor sets. */
async function outputOf(exec: Exec, file: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { code, stdout } = await exec(file, args);
    return code === 0 ? stdout : undefined;
  } catch {
    return undefined;
  }
}
