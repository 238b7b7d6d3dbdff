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
  const [nft, legacy, interfaces, tables] = await Promise.all([
    outputOf(exec, 'iptables-nft-save'),
    outputOf(exec, 'iptables-legacy-save'),
    readInterfaces(exec),
    outputOf(exec, 'nft', 'list', 'tables'),
  ]);
  // A set that no rule names decides about no packet.
  const namesSets = [nft, legacy].some((text) => text?.includes(' --match-set '));
  const sets = namesSets ? await outputOf(exec, 'ipset', 'save') : undefined;
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
    nativeTables: await stoppingTables(exec, nativeTablesIn(tables ?? '', nft ?? '')),
  };
}

/** The tables of `nft list tables` that IPv4 packets pass, without those that `iptables-nft-save` has. */
const nativeTablesIn = (tables: string, iptables: string): string[] =>
  [...tables.matchAll(/^table ((?:ip|inet|netdev) (\S+))$/gm)]
    .filter(([, table, name]) => table !== `ip ${name}` || !iptables.includes(`*${name}\n`))
    .map(([, table]) => table!);

/** What a rule or a policy does to a packet that does not reach who it is for. */
const stops = /\b(drop|reject|dnat|redirect|tproxy|queue)\b/;

async function stoppingTables(exec: Exec, tables: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(tables.map((table) => outputOf(exec, 'nft', 'list', 'table', ...table.split(' '))));
  return tables.filter((_, at) => stops.test(texts[at] ?? ''));
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
