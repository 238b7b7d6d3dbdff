import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type AgentInLab, openAgentInLab } from '../../testing/agent-in-lab.ts';
import { limpet } from '../../testing/limpet.ts';

const ip = '10.0.53.2';
const members = [{ vm: 'vm11', ip: '10.1.1.11', port: 80 }];
/** None is within another, so that each place has to be found by itself. */
const secrets = { page: 'pAgE-9431', rules: 'rUlEs-7720', refused: 'rEfUsEd-5118', token: 'tOkEn'.repeat(8) };

let agent: AgentInLab;
beforeEach(async () => {
  agent = await openAgentInLab({ publicIps: [ip], vms: members });
});
afterEach(() => agent.close());

/** Writes a support file, and unpacks it. */
async function unpacked(config: string): Promise<{ said: string; texts: Map<string, string> }> {
  const file = join(agent.lab.dir, 'support.tar.gz');
  const { code, stdout, stderr } = await limpet(['support', file, '--config', config], agent.lab.exec);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  execFileSync('tar', ['-xzf', file, '-C', agent.lab.dir]);
  const folder = join(agent.lab.dir, 'limpet-support');
  const texts = readdirSync(folder).map((name): [string, string] => [name, readFileSync(join(folder, name), 'utf8')]);
  return { said: stdout, texts: new Map(texts) };
}

const page = (password: string) => ({ ip, port: 8404, user: 'admin', password });

it('has what helps to understand a router, and none of its secrets', async () => {
  const rules = join(agent.lab.dir, 'rules.yaml');
  const token = join(agent.lab.dir, 'token');
  writeFileSync(token, secrets.token, { mode: 0o600 });
  const write = (settings: object) => writeFileSync(rules, stringify({ settings, rules: [{ ip, port: 80, members }] }));
  write({ statistics: [page(secrets.rules)] });
  await agent.start({
    input: { kind: 'file', path: rules },
    tcp: { listen: '127.0.0.1:8443', tokenFile: token },
    haproxy: { settings: { statistics: [page(secrets.page)] } },
  });
  await expect.poll(async () => (await agent.client.status()).inForce).toBe(true);
  // An input that is refused is quoted in events.
  write({ statistics: [{ ...page(secrets.refused), [secrets.refused]: 1 }] });
  await expect.poll(() => agent.client.text('/readyz')).toContain('"ok":false');

  const { said, texts } = await unpacked(agent.config);
  expect([...texts.keys()].sort()).toEqual(
    expect.arrayContaining([
      ...['addresses.txt', 'agent.yaml', 'events.ndjson', 'haproxy-version.txt', 'haproxy.cfg', 'healthz.json'],
      ...['iptables-save.txt', 'listeners.txt', 'metrics.txt', 'missing.txt', 'plan.json', 'readyz.json'],
      ...['rules.json', 'show-info.txt', 'show-stat.txt', 'status.json', 'versions.txt'],
    ]),
  );
  expect(said).toContain('Secrets are redacted');
  expect(texts.get('haproxy.cfg')).toMatch(/stats auth \[redacted\][\s\S]*bind 10\.0\.53\.2:80 /);
  expect(texts.get('events.ndjson')).toContain('input-refused');
  expect(texts.get('status.json')).toContain('"inForce": true');
  expect(texts.get('metrics.txt')).toMatch(/^limpet_ready 0$/m);
  for (const [name, text] of texts) {
    for (const secret of Object.values(secrets)) expect(text.includes(secret), `${name} has ${secret}`).toBe(false);
  }
});

it('has what is left when no agent runs, and says what is not in it', async () => {
  await agent.start();
  await agent.client.ask('PUT', `/v1/rules/${ip}:80`, { members }, { 'if-none-match': '*' });
  await agent.stop('SIGTERM');
  const { texts } = await unpacked(agent.config);
  expect(texts.get('missing.txt')).toMatch(/^what the agent says: no agent answers$/m);
  expect(texts.get('status.json')).toContain('"10.0.53.2"');
  expect(texts.get('show-stat.txt')).toContain('10_0_53_2-80');
});
