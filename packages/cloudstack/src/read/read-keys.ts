import type { RuleKey, RuleRecord, StatisticsPage } from '@limpet/contract';
import type { LoadBalancerDatabag } from '../databag.ts';
import type { Notes } from './notes.ts';
import { type DatabagCertificate, readCertificates } from './read-certificates.ts';

/** What was read of the configuration. */
interface Configured {
  rules: readonly RuleRecord[];
  refused: readonly { key: RuleKey }[];
  statistics: readonly StatisticsPage[];
}

/** Keys of which nothing is to be carried out beside the configuration. */
const carriedOut = [
  'configuration',
  // CloudStack's router does not read them (CsLoadBalancer): it always writes /etc/haproxy/haproxy.cfg.
  'tmp_cfg_file_path',
  'tmp_cfg_file_name',
  'router_ip',
  // Lines of transparent load balancing have it as well ("acl local_subnet src"), and the router does not read the key.
  'network_cidr',
];

/**
 * Reads the keys of a databag beside the configuration. What they say, and the rules and settings do not, is noted.
 *
 * @returns the certificates of the rules
 */
export function readKeys(
  { list, config, unread }: LoadBalancerDatabag,
  configured: Configured,
  notes: Notes,
): DatabagCertificate[] {
  for (const place of unread) {
    const isEntry = place.endsWith(']');
    const why = isEntry ? "CloudStack's router reads the first entry alone" : notKnown;
    notes.add({ place, text: isEntry ? 'a further entry' : place }, why);
  }
  const { rules, refused, statistics } = configured;
  const served = new Set([...rules, ...refused.map(({ key }) => key)].map(({ ip, port }) => `${ip}:${port}`));
  const pages = statistics.flatMap(({ ip, port }) => [`${ip}:${port}`, `0.0.0.0/0:${port}`]);
  let certificates: DatabagCertificate[] = [];
  for (const [key, value] of Object.entries(config)) {
    const place = `${list}[0].${key}`;
    const each = (why: (id: string) => string | undefined): void =>
      (value as string[]).forEach((entry, at) => {
        const id = /^([\d./]+:\d+):/.exec(entry)?.[1];
        const problem = id === undefined ? 'should be such as "10.0.53.2:8080:"' : why(id);
        if (entry !== '' && problem !== undefined) notes.add({ place: `${place}[${at}]`, text: entry }, problem);
      });
    if (key === 'add_rules') {
      each((id) => (served.has(id) ? undefined : `the configuration has no rule ${id}; its port is not opened`));
    } else if (key === 'remove_rules') {
      each((id) => (served.has(id) ? `the configuration has the rule ${id}; it is not removed` : undefined));
    } else if (key === 'stat_rules') {
      each((id) => (pages.includes(id) ? undefined : `no statistics page on ${id} is served; its port is not opened`));
    } else if (key === 'is_transparent') {
      if (value !== false && value !== null) notes.add({ place, text: `is_transparent: ${value}` }, notTransparent);
    } else if (key === 'ssl_certs') certificates = readCertificates(value, place, rules, notes);
    else if (!carriedOut.includes(key)) notes.add({ place, text: key }, notKnown);
  }
  return certificates;
}

const notKnown = 'CloudStack writes no such key';
const notTransparent =
  "transparent load balancing is not supported: members see the router's address; switch the network's transparent mode off";
