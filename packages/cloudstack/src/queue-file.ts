import type { RuleKey, RuleRecord } from '@limpet/contract';
import type { QueueFile, StoredDatabag } from './databag.ts';
import { generateConfiguration } from './generator.ts';
import type { LoadBalancerSettings } from './settings.ts';

/** What a single command adds to the full set of rules. */
export interface CommandContext {
  /** Rules that go with this command. */
  removed?: readonly RuleKey[];
  /** Milliseconds since the epoch: the suffix of the temporary file's name. */
  now?: number;
}

/**
 * The queue file that the management server sends for `rules`, the full set of the router's rules, as
 * LoadBalancerConfigItem and HAProxyConfigurator.generateFwRules build it.
 */
export function databagOf(
  rules: readonly RuleRecord[],
  settings: LoadBalancerSettings,
  { removed = [], now = 0 }: CommandContext = {},
): QueueFile {
  const added = rules.map(firewallEntry);
  const { stats } = settings;
  return {
    rules: [
      {
        configuration: generateConfiguration(rules, settings),
        tmp_cfg_file_path: '/etc/haproxy/',
        tmp_cfg_file_name: `haproxy.cfg.new.${now}`,
        add_rules: added,
        remove_rules: removed.map(firewallEntry).filter((entry) => !added.includes(entry)),
        // Disabled statistics are one empty string, not an empty list: generateFwRules adds its buffer in any case.
        stat_rules: [stats ? `${stats.ip}:${stats.port}:${stats.sourceCidrs}:,` : ''],
        router_ip: settings.routerIp,
      },
    ],
    type: 'loadbalancer',
  };
}

/** cs_loadbalancer.merge: the stored databag is overwritten with the newest queue file's rules. */
export function storedDatabag(queueFile: QueueFile): StoredDatabag {
  return { config: queueFile.rules, id: 'loadbalancer' };
}

function firewallEntry(key: RuleKey): string {
  return `${key.ip}:${key.port}:`;
}
