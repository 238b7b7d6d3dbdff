import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Alarm, createMonitor, randomRun, type TraceRecord } from '@limpet/checker';
import { createRandom } from '@limpet/data-plane';
import { BUGS, type Bug, type BugName, type CheckModel, createCheckModel, createView } from '@limpet/state-space';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capture, type Run } from '../../testing/run-command.ts';
import { calmRun } from '../../testing/runs.ts';
import { monitor } from './monitor.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'limpet-monitor-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function run(trace: string, output: 'json' | 'table' = 'table'): Promise<Run> {
  const { context, result } = capture();
  const file = join(directory, 'trace.ndjson');
  await writeFile(file, trace);
  await monitor(file, { groups: 1, members: 1, output }, context);
  return result;
}

const lines = (records: Iterable<TraceRecord>): string =>
  Array.from(records, (record) => `${JSON.stringify(record)}\n`).join('');

const model = (groups: number, members: number, bug?: BugName, losses: Partial<Bug['shownBy']> = {}): CheckModel =>
  createCheckModel({ ...losses, groups, members, symmetry: false, bug, continueAfterViolation: true });

describe('limpet monitor', () => {
  it('says with exit code 0 that an execution explains the trace', async () => {
    const { code, stdout } = await run(lines(calmRun(model(1, 1), 1, 1234)));
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'ok: an execution of the model explains all 1,234 lines\n' });
  });

  it('says with exit code 1 what was seen, and what was possible', async () => {
    const created = { event: 'group-1/user-creates-a-rule-and-a-group' };
    const { code, stdout } = await run(lines([created, { event: 'group-1/router-applies-the-command' }]));
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^ALARM at line 2: no execution of the model has this event here\nseen: .*applies-the-command/,
    );
    expect(stdout).toMatch(/possible instead:\n(.*\n)* {2}router-is-deployed\n/);
    expect(stdout).toMatch(/rule 1: add/);
  });

  it('says the same to scripts', async () => {
    const good = await run(lines(calmRun(model(1, 1), 1, 1234)), 'json');
    expect(good.code).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({ explained: true, lines: 1234, alarm: null });
    const bad = await run('{"event":"router-is-deployed"}\n{"event":"router-is-deployed"}\n', 'json');
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({
      explained: false,
      lines: 2,
      alarm: { line: 2, reason: 'unexplained', record: { event: 'router-is-deployed' } },
    });
  });

  it('says of a heartbeat only what is different', async () => {
    const records = [...calmRun(model(1, 1), 1, 1234)];
    const at = records.findIndex((record) => record['rule-1'] === 'active');
    const wrong = { ...records[at]!, 'served-1': false };
    const { code, stdout } = await run(lines(records.slice(0, at).concat(wrong)));
    expect(code).toBe(1);
    expect(stdout).toMatch(
      new RegExp(`^ALARM at line ${at + 1}: nothing is left to do, and this is not what must be in force\n`),
    );
    expect(stdout).toMatch(/ {2}heartbeat: served-1 true\n/);
  });

  it('refuses a file that is not there, and one that is no trace', async () => {
    const context = { args: [], stdout: () => {}, stderr: process.stderr, exit: () => {} };
    const missing = monitor(join(directory, 'missing'), { groups: 1, members: 1, output: 'table' }, context);
    await expect(missing).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(/missing/) });
    const folder = monitor(directory, { groups: 1, members: 1, output: 'table' }, context);
    await expect(folder).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(/directory/) });
    await expect(run('')).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(/: no lines; give/) });
    await expect(run('no trace\n')).rejects.toMatchObject({ code: 'TRACE_MALFORMED' });
    await expect(monitor('-', { groups: 99, members: 1, output: 'table' }, context)).rejects.toMatchObject({
      code: 'USAGE',
    });
  });
});

describe('the monitor of the model', () => {
  /** Records of each run: many in CI, some on a person's machine. */
  const RECORDS = process.env.CI === 'true' ? 100_000 : 20_000;
  it.each([
    [1, 1],
    [1, 2],
    [2, 1],
  ])(
    `has no false alarm on 2 x ${RECORDS} records of %i x %i, whether there is time to rest or not`,
    (groups, members) => {
      const good = model(groups, members);
      const view = createView(good);
      for (const records of [calmRun(good, 3, RECORDS), randomRun(good, view, createRandom(3), RECORDS)]) {
        const follower = createMonitor(good, view);
        for (const record of records) {
          const alarm = follower.next(record);
          if (alarm !== undefined) expect.fail(JSON.stringify(alarm));
        }
        expect(follower.stats().records).toBe(RECORDS);
      }
    },
  );

  /** Where a second group is needed to see it, as in `limpet check`. */
  const SIZES: Partial<Record<BugName, readonly [groups: number, members: number]>> = {
    'line-set-compare': [2, 1],
    'partial-snapshot': [2, 1],
    'loss-takes-others': [2, 1],
  };
  const RUNS = 30;
  const LENGTH = 1000;

  /** A run of the model with the bug, and the line of the first heartbeat that is written where something is wrong. */
  function runOf(buggy: CheckModel, seed: number) {
    const view = createView(buggy);
    const trace: TraceRecord[] = [];
    // What a step broke shows in that step, if at all, and not in each heartbeat after it.
    const ofStates = buggy.invariants.reduce((bits, { holds }, bit) => (holds ? bits | (1 << bit) : bits), 0);
    let firstWrong = Number.POSITIVE_INFINITY;
    const watching = {
      ...view,
      heartbeatOf: (states: Uint32Array, at: number) => {
        const fields = view.heartbeatOf(states, at);
        const isWrong = (buggy.violations(states, at) & ofStates) !== 0 || !buggy.quiescent(states, at);
        if (fields !== undefined && isWrong) firstWrong = Math.min(firstWrong, trace.length + 1);
        return fields;
      },
    };
    for (const record of calmRun(buggy, seed, LENGTH, watching)) trace.push(record);
    return { trace, firstWrong };
  }

  it.each<Bug>(BUGS)('finds $name at the first wrong quiescence, or by an event before it', ({ name, shownBy }) => {
    const bug = name as BugName;
    const [groups, members] = SIZES[bug] ?? [1, 1];
    const good = model(groups, members, undefined, shownBy);
    const view = createView(good);
    const buggy = model(groups, members, bug, shownBy);
    let found = 0;
    for (let seed = 1; seed <= RUNS; seed++) {
      const { trace, firstWrong } = runOf(buggy, seed);
      const follower = createMonitor(good, view);
      let alarm: Alarm | undefined;
      for (const record of trace) alarm ??= follower.next(record);
      if (alarm !== undefined) found++;
      expect(alarm?.line ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(firstWrong);
    }
    expect(found).toBeGreaterThan(0);
  });

  it('sees a deletion that is refused for want of a router in the line that says so', () => {
    const { trace } = runOf(model(1, 1, 'delete-needs-router'), 1);
    const line = trace.findIndex(({ event }) => event.includes('cannot')) + 1;
    const follower = createMonitor(model(1, 1), createView(model(1, 1)));
    expect(trace.map((record) => follower.next(record)).find((alarm) => alarm !== undefined)).toMatchObject({
      line,
      reason: 'unexplained',
      record: { event: expect.stringMatching(/^group-1\/user-cannot-.*-while-its-router-does-not-answer$/) },
    });
  });
});
