import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConformFlags, conform } from './conform.ts';
import { capture, type Run } from './run-command.fixture.ts';

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

  it("finds Limpet's router as the model says", async () => {
    const { code, stdout } = await run({ output: 'json' });
    const { suites, costs } = JSON.parse(stdout);
    expect(code).toBe(0);
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

  it('refuses a real data plane for the embedded router', async () => {
    await expect(run({ router: 'memory', dataPlane: 'real' })).rejects.toThrow(
      '--router memory has no real data plane',
    );
  });
});
