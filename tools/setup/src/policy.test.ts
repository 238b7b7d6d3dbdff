import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withoutStartingHaproxy } from './policy.js';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'limpet-policy-'));
  path = join(directory, 'policy-rc.d');
});

afterEach(() => rmSync(directory, { recursive: true }));

const ask = (service: string): number | null => spawnSync(path, [service, 'start']).status;

it('denies HAProxy only, and is gone afterwards', async () => {
  const answers = await withoutStartingHaproxy(path, async () => ['haproxy', 'haproxy.service', 'cron'].map(ask));
  expect(answers).toEqual([101, 101, 0]);
  expect(existsSync(path)).toBe(false);
});

it('is gone after work that fails, too', async () => {
  await expect(withoutStartingHaproxy(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(path)).toBe(false);
});

it('denies nothing after its maker was killed, and the next one replaces it', async () => {
  const left = await withoutStartingHaproxy(path, async () => readFileSync(path, 'utf8'));
  const ended = spawnSync(process.execPath, ['-e', '']).pid;
  writeFileSync(path, left.replace(`kill -0 ${process.pid}`, `kill -0 ${ended}`), { mode: 0o755 });
  expect(ask('haproxy')).toBe(0);
  expect(await withoutStartingHaproxy(path, async () => ask('haproxy'))).toBe(101);
  expect(existsSync(path)).toBe(false);
});

it('leaves a policy of somebody else as it is', async () => {
  writeFileSync(path, '#!/bin/sh\nexit 101\n');
  const during = await withoutStartingHaproxy(path, async () => readFileSync(path, 'utf8'));
  expect(during).toBe('#!/bin/sh\nexit 101\n');
  expect(readFileSync(path, 'utf8')).toBe(during);
});
