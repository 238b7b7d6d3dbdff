import type { RuleRecord } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import { type Obstacle, PacketPath } from '@limpet/netfilter';
import { ruleId } from '../../names.ts';
import type { Refusal } from '../../refusal.ts';

/** What keeps the clients of one rule from HAProxy. */
export interface Blockade {
  /** Stops all of them: the rule is not in force. Undefined: some get in. */
  refusal: Refusal | undefined;
  /** What stops some of them, or may, in words; undefined: all get in. */
  note: string | undefined;
}

/** By rule id, the rules of which iptables stops clients. */
export type Blockades = ReadonlyMap<string, Blockade>;

type Host = Pick<DataPlane, 'packetPath'>;

/**
 * Finds what iptables does with the clients of rules on their way to HAProxy, and with the answers: every table of both
 * back ends. Of other tables of nftables, and of what may not be read, it is said that they are there. Probes cannot tell, since they come by a unix
 * socket. It asks anew each time, and walks again only when something differs.
 */
export class BlockadeFinder {
  readonly #host: Host;
  #last: { texts: string; path: PacketPath; found: Map<string, Blockade | undefined> } | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** @throws IptablesError `IPTABLES_SYNTAX`. */
  async find(rules: readonly RuleRecord[]): Promise<Blockades> {
    const { interfaces, nativeTables, unreadable, ...filters } = await this.#host.packetPath();
    const unseen = [...(nativeTables.length > 0 ? [unread(nativeTables)] : []), ...unreadable.map(forbidden)];
    const texts = JSON.stringify([withoutComments(filters.rulesets), filters.sets, [...interfaces], unseen]);
    if (this.#last?.texts !== texts) this.#last = { texts, path: new PacketPath(filters), found: new Map() };
    const { path, found } = this.#last;
    const blockades = new Map<string, Blockade>();
    for (const rule of rules) {
      const { ip, port, cidrs } = rule;
      const key = JSON.stringify([ip, port, cidrs]);
      if (!found.has(key)) {
        found.set(key, blockadeOf(rule, path.obstacles({ ip, port, cidrs, interface: interfaces.get(ip) }), unseen));
      }
      const blockade = found.get(key);
      if (blockade) blockades.set(ruleId(rule), blockade);
    }
    return blockades;
  }
}

/** The comments of `iptables-save` have the time, and its counters the packets. */
const withoutComments = (rulesets: readonly { backend: string; text: string }[]): string[] =>
  rulesets.map(({ backend, text }) => backend + text.replace(/^#.*$/gm, '').replace(/^(:.*) \[\d+:\d+\]$/gm, '$1'));

function blockadeOf(
  rule: RuleRecord,
  { all, some }: ReturnType<PacketPath['obstacles']>,
  /** What is not known, in words. */
  unseen: readonly string[],
): Blockade | undefined {
  const notes = all ? [] : [...(some ? [`not all clients get in: ${describe(some)}`] : []), ...unseen];
  if (!all && notes.length === 0) return undefined;
  return {
    refusal: all && {
      reason: all.kind === 'diverted' ? 'Diverted' : 'Blocked',
      message: `no client gets in: ${describe(all)}; delete that rule, or admit ${ruleId(rule)} before it (on CloudStack, by a firewall rule for the port)`,
    },
    note: notes.length === 0 ? undefined : notes.join('; '),
  };
}

const unread = (tables: readonly string[]): string =>
  `it is not known whether all clients get in: nftables stops packets in ${tables.map((table) => `"${table}"`).join(', ')}, and Limpet reads the rules of iptables only ("nft list ruleset" shows the others)`;

const forbidden = (said: string): string =>
  `it is not known whether all clients get in: this process may not read all rules of the packet filter, and root may (${said})`;

function describe({ backend, table, rules, kind, client, answer }: Obstacle): string {
  const what = answer ? `what HAProxy answers ${client}` : `clients such as ${client}`;
  return `table ${table} of iptables-${backend} ${kind === 'diverted' ? 'diverts' : 'drops'} ${what}: ${rules.join(' > ')}`;
}
