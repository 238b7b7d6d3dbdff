/**
 * What is shipped for Prometheus and Grafana, checked by Prometheus' own promtool.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AgentInMemory, ip, openAgent, vms } from '../../testing/agents.ts';

const folder = fileURLToPath(new URL('../../observability', import.meta.url));

/** Runs promtool, which `npm test` installs with Debian's prometheus. */
function promtool(args: readonly string[], input = ''): { code: number | null; said: string } {
  const { error, status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, input, encoding: 'utf8' });
  if (error) {
    throw new Error(
      `promtool cannot be run (${error.message}). On Debian: apt-get install -y --no-install-recommends prometheus`,
    );
  }
  return { code: status, said: stdout + stderr };
}

let agent: AgentInMemory;
let exposed: string;
beforeAll(async () => {
  agent = await openAgent();
  const create = { 'if-none-match': '*' };
  await agent.ask('PUT', `/v1/rules/${ip}:80`, { members: vms }, create);
  await agent.ask('PUT', '/v1/rules/192.0.2.1:80', { members: vms }, create);
  exposed = (await agent.ask('GET', '/metrics')).body;
});
afterAll(() => agent.close());

it('exposes metrics as Prometheus wants them', () => {
  expect(promtool(['check', 'metrics'], exposed)).toEqual({ code: 0, said: '' });
  expect(promtool(['check', 'metrics'], '# TYPE bad_total gauge\nbad_total 1\n').code).not.toBe(0);
});

it('ships alerts that fire when they should, and are silent on a router that is well', () => {
  expect(promtool(['check', 'rules', 'limpet.rules.yml'])).toMatchObject({ code: 0 });
  const tested = promtool(['test', 'rules', 'limpet.rules.test.yml']);
  expect(tested.said).toContain('SUCCESS');
  expect(tested.code).toBe(0);
});

it('names only metrics that there are, in alerts, in their tests and in the dashboard', async () => {
  const there = new Set([...exposed.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!));
  for (const file of ['limpet.rules.yml', 'limpet.rules.test.yml', 'dashboard.json']) {
    const text = await readFile(`${folder}/${file}`, 'utf8');
    const named = [...text.matchAll(/\b(?:limpet|process|nodejs)_[a-z0-9_]+/g)].map(([name]) =>
      name.replace(/_(bucket|count|sum)$/, ''),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !there.has(name))).toEqual([]);
  }
});

it('tests each alert, and shows each metric of Limpet', async () => {
  const [alerts, tests, dashboard] = await Promise.all(
    ['limpet.rules.yml', 'limpet.rules.test.yml', 'dashboard.json'].map((name) =>
      readFile(`${folder}/${name}`, 'utf8'),
    ),
  );
  const names = [...alerts!.matchAll(/- alert: (\w+)/g)].map(([, name]) => name!);
  expect(names.filter((name) => !tests!.includes(`alertname="${name}"`))).toEqual([]);
  const ours = [...exposed.matchAll(/^# TYPE (limpet_\S+)/gm)].map(([, name]) => name!);
  const unseen = ['limpet_haproxy_worker_uptime_seconds', 'limpet_rule_sessions_total', 'limpet_rule_requests_total'];
  expect(ours.filter((name) => !dashboard!.includes(name)).sort()).toEqual(unseen.sort());
});

it('asks in the dashboard what Prometheus understands', async () => {
  const { panels } = JSON.parse(await readFile(`${folder}/dashboard.json`, 'utf8'));
  const asked: string[] = panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
    targets.map(({ expr }) => expr.replaceAll('$instance', '.*')),
  );
  const rules = (expressions: readonly string[]): string =>
    JSON.stringify({ groups: [{ name: 'a', rules: expressions.map((expr, at) => ({ record: `r${at}`, expr })) }] });
  const check = async (expressions: readonly string[]) => {
    const file = join(agent.folder, 'rules.json');
    await writeFile(file, rules(expressions));
    return promtool(['check', 'rules', file]).code;
  };
  expect(await check(asked)).toBe(0);
  expect(await check([...asked, 'rate(limpet_drift_total)'])).not.toBe(0);
});

it('has a dashboard whose panels have ids and places of their own', async () => {
  const { panels } = JSON.parse(await readFile(`${folder}/dashboard.json`, 'utf8'));
  expect(new Set(panels.map(({ id }: { id: number }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }: { gridPos: Record<'x' | 'y' | 'w' | 'h', number> }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
});
