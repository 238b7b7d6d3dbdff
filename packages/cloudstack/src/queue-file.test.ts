import { describe, expect, it } from 'vitest';
import { aRule } from '../testing/rules.ts';
import { databagOf, storedDatabag } from './queue-file.ts';
import { defaultSettings } from './settings.ts';

const stats = { ip: '10.0.53.2', port: 8081, uri: '/admin?stats', auth: 'admin1:AdMiN123', sourceCidrs: '0/0' };

describe('databagOf', () => {
  it('lists what the firewall needs, removals less additions', () => {
    const { rules, type } = databagOf(
      [aRule()],
      { ...defaultSettings, stats },
      {
        removed: [
          { ip: '10.0.53.2', port: 9090 },
          { ip: '10.0.53.2', port: 8080 },
        ],
        now: 1_727_000_000_000,
      },
    );
    expect(type).toBe('loadbalancer');
    expect(rules).toHaveLength(1);
    expect(rules[0]).toMatchObject({
      tmp_cfg_file_path: '/etc/haproxy/',
      tmp_cfg_file_name: 'haproxy.cfg.new.1727000000000',
      add_rules: ['10.0.53.2:8080:'],
      remove_rules: ['10.0.53.2:9090:'],
      stat_rules: ['10.0.53.2:8081:0/0:,'],
      router_ip: '169.254.0.2',
    });
  });

  it('has one empty statistics entry when the listener is disabled', () => {
    expect(databagOf([], defaultSettings).rules[0]?.stat_rules).toEqual(['']);
  });

  it('is stored under another key', () => {
    const queueFile = databagOf([aRule()], defaultSettings);
    expect(storedDatabag(queueFile)).toEqual({ config: queueFile.rules, id: 'loadbalancer' });
  });
});
