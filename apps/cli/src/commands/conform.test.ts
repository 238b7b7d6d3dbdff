import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConformResult } from '@limpet/conformance';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { capture, type Run } from '../../testing/run-command.ts';
import { type ConformFlags, conform } from './conform.ts';
import { monitor } from './monitor.ts';

async function run(flags: Partial<ConformFlags>): Promise<Run> {
  const { context, result } = capture();
  const defaults: ConformFlags = {
    router: 'haproxy',
    dataPlane: 'memory',
    suite: 'stories',
    lanes: 1,
    output: 'table',
  };
  await conform({ ...defaults, ...flags }, context);
  return result;
}

describe('limpet conform', () => {
  let before: string;
  let folder: string;
  beforeEach(() => {
    before = process.cwd();
    folder = mkdtempSync(join(tmpdir(), 'limpet-conform-'));
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });

  it.each([
    [{ haproxyVersion: '2.4' }, 'USAGE', 'give a version such as 2.4.24'],
    [{ haproxyVersion: '1.8.19' }, 'HAPROXY_VERSION', 'older than 2.2'],
    [{ haproxyVersion: '2.4.24', dataPlane: 'real' as const }, 'USAGE', '--haproxy-version is for --data-plane memory'],
  ])('refuses %j', async (flags, code, message) => {
    await expect(run(flags)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('plays on a HAProxy in memory of another version, and writes it into the file of a failure', async () => {
    expect((await run({ haproxyVersion: '2.4.24' })).code).toBe(0);
    const failed = await run({ haproxyVersion: '2.4.24', bug: 'stickiness-change-ignored', output: 'json' });
    const { suites } = JSON.parse(failed.stdout) as ConformResult;
    const replays = suites.flatMap(({ failures }) => failures.map((failure) => failure.replay));
    expect(replays[0]).toMatchObject({ haproxyVersion: '2.4.24' });
  });

  it('keeps traces that the monitor follows, and that of a router with a bug to where it shows', async () => {
    const follow = async (bug?: string): Promise<(number | undefined)[]> => {
      const { stdout } = await run({ trace: 'traces', ...(bug && { bug }) });
      const commands = [
        ...stdout.matchAll(/^Follow the trace again: npx limpet monitor (\S+) --groups (\d) --members (\d)$/gm),
      ];
      const codes: (number | undefined)[] = [];
      for (const [, file, groups, members] of commands) {
        const { context, result } = capture();
        await monitor(file!, { groups: Number(groups), members: Number(members), output: 'json' }, context);
        codes.push(result.code);
      }
      return codes;
    };
    expect(await follow()).toEqual([0, 0, 0, 0, 0]);
    expect(await follow('stickiness-change-ignored')).toContain(1);
    await expect(run({ trace: '/dev/null/traces' })).rejects.toThrow('--trace /dev/null/traces');
  });

  it('does not speak of the steps of a router that has none', async () => {
    const { code, stdout } = await run({ router: 'memory', suite: 'changes' });
    expect(code).toBe(0);
    expect(stdout).not.toContain('steps of the router');
  });

  it("finds Limpet's router as the model says", async () => {
    const { code, stdout } = await run({ output: 'json' });
    const { suites, costs, taken, atRuntime } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(taken).toMatchObject({
      start: expect.any(Number),
      reload: expect.any(Number),
      'set-map': expect.any(Number),
    });
    expect(atRuntime).toBeGreaterThan(0);
    expect((await run({})).stdout).toMatch(
      /^Of [\d,]+ steps of the router, \d+ % were taken at run time; \d+ started/m,
    );
    for (const suite of suites)
      expect(suite).toMatchObject({ suite: 'stories', goals: 1, covered: 1, failures: [], traceAccepted: true });
    expect(Object.keys(costs[0])).toEqual(['step', 'count', 'p50', 'p99', 'share']);
  });

  it("tells of CloudStack's router what apache/cloudstack#9583 tells, and plays it again", async () => {
    const { code, stdout } = await run({ router: 'cloudstack' });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^NOT AS THE MODEL SAYS\napache\/cloudstack#9583: /);
    expect(stdout).toContain('group 2: a user disables the group');
    expect(stdout).toMatch(/203\.0\.113\.11:8083 sticky +the client has an entry +the client has none +<--/);
    const again = await run({ replay: 'limpet-failure-1.json' });
    expect(again.code).toBe(1);
    expect(again.stdout).toContain(
      '203.0.113.11:8083: sticky: expected the client has an entry, observed the client has none',
    );
  });

  it('keeps the file of an earlier failure', async () => {
    writeFileSync('limpet-failure-1.json', 'an earlier one');
    const { stdout } = await run({ router: 'cloudstack' });
    expect(stdout).toContain('Again: npx limpet conform --replay limpet-failure-2.json');
    expect(readFileSync('limpet-failure-1.json', 'utf8')).toBe('an earlier one');
  });

  it('refuses a bug that the router cannot have, and says where it can be switched on', async () => {
    await expect(run({ bug: 'nope' })).rejects.toThrow('--bug: there is no bug of router haproxy called nope;');
    await expect(run({ bug: 'seed' })).rejects.toThrow('limpet check --bug seed');
    await expect(run({ bug: 'cloudstack-ignore-reload-result' })).rejects.toThrow(
      'limpet conform --router cloudstack --bug cloudstack-ignore-reload-result',
    );
  });

  it('says of a file that cannot be replayed why, and which command it is for', async () => {
    await expect(run({ replay: 'nope' })).rejects.toThrow('--replay nope: there is no such file; give');
    await expect(run({ replay: folder })).rejects.toThrow('it is a directory; give');
    writeFileSync('run.json', '{"counterexample":null}');
    await expect(run({ replay: 'run.json' })).rejects.toThrow('play it with limpet simulate --replay run.json');
    writeFileSync('text', 'no JSON');
    await expect(run({ replay: 'text' })).rejects.toThrow('text: the file is not JSON');
  });

  it('refuses a real data plane for the embedded router', async () => {
    await expect(run({ router: 'memory', dataPlane: 'real' })).rejects.toThrow(
      '--router memory has no real data plane',
    );
  });
});
