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
  const unreadable: string[] = [];
  const outputOf: OutputOf = async (file, ...args) => {
    const { stdout, refusal } = await read(exec, file, args);
    if (refusal !== undefined) unreadable.push(`${file}: ${refusal}`);
    return stdout;
  };
  const [nft, legacy, interfaces, tables] = await Promise.all([
    outputOf('iptables-nft-save'),
    outputOf('iptables-legacy-save'),
    readInterfaces(exec),
    outputOf('nft', 'list', 'tables'),
  ]);
  // A set that no rule names decides about no packet.
  const namesSets = [nft, legacy].some((text) => text?.includes(' --match-set '));
  const sets = namesSets ? await outputOf('ipset', 'save') : undefined;
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
    nativeTables: await stoppingTables(outputOf, nativeTablesIn(tables ?? '', nft ?? '')),
    unreadable: unreadable.toSorted(),
  };
}

/** The tables of `nft list tables` that IPv4 packets pass, without those that `iptables-nft-save` has. */
const nativeTablesIn = (tables: string, iptables: string): string[] =>
  [...tables.matchAll(/^table ((?:ip|inet|netdev) (\S+))$/gm)]
    .filter(([, table, name]) => table !== `ip ${name}` || !iptables.includes(`*${name}\n`))
    .map(([, table]) => table!);

/** What a rule or a policy does to a packet that does not reach who it is for. */
const stops = /\b(drop|reject|dnat|redirect|tproxy|queue)\b/;

async function stoppingTables(outputOf: OutputOf, tables: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(tables.map((table) => outputOf('nft', 'list', 'table', ...table.split(' '))));
  return tables.filter((_, at) => stops.test(texts[at] ?? ''));
}

/** What a program prints; undefined when it is not there, or says that it cannot. */
type OutputOf = (file: string, ...args: string[]) => Promise<string | undefined>;

/** A host need not have both back ends, nor sets: that is no refusal. That this process may not see them is one. */
async function read(exec: Exec, file: string, args: readonly string[]): Promise<{ stdout?: string; refusal?: string }> {
  try {
    const { code, stdout, stderr } = await exec(file, args);
    if (code === 0) return { stdout };
    const refusal = stderr.split('\n').find((line) => /permission denied|not permitted/i.test(line));
    return refusal === undefined ? {} : { refusal: refusal.trim() };
  } catch {
    return {};
  }
}
