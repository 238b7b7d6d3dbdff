import { type Alarm, createMonitors, type Monitor } from '@limpet/checker';
import { createHaproxyRouter, type RuleStep } from '@limpet/router';
import { createEntryModel } from '@limpet/state-space/entry';
import { expect, it } from 'vitest';
import { conform } from '../run/conform.ts';
import type { SuiteName } from '../suites/suites.ts';
import { type OwnRouter, traitsOf } from './routers.ts';

/** The tours of the transitions are long. */
const suites: SuiteName[] = [
  'stories',
  'pairs',
  'interactions',
  ...(process.env.CI === 'true' ? (['transitions'] as const) : []),
];

const { model, view } = createEntryModel();
const open = createMonitors(model, view);

/** Follows one router; what it does before it crashes says nothing of the next one. */
function follow(raise: (alarm: Alarm) => void, count: (step: RuleStep) => void): (step: RuleStep) => void {
  const monitors = new Map<string, Monitor>();
  return (step) => {
    count(step);
    const monitor = monitors.get(step.rule) ?? open();
    monitors.set(step.rule, monitor);
    const alarm = monitor.next({ event: step.step });
    if (alarm) raise(alarm);
  };
}

it('does to each rule what the statechart of its entry allows, along the paths of the model', async () => {
  const alarms: Alarm[] = [];
  const told = new Map<string, number>();
  const count = ({ step }: RuleStep) => told.set(step, (told.get(step) ?? 0) + 1);
  const router: OwnRouter = {
    ...traitsOf('haproxy', undefined),
    name: 'watched',
    open: (dataPlane, dir, settings) =>
      createHaproxyRouter({
        ...{ dataPlane, dir, settings: { drainDeadlineMs: 0, ...settings } },
        observe: follow((alarm) => alarms.push(alarm), count),
      }),
  };
  const played = await conform({ router, dataPlane: 'memory', suites, goals: 'router', workers: 2 });
  expect(played.suites.flatMap(({ failures }) => failures)).toEqual([]);
  expect(alarms).toEqual([]);
  for (const step of ['put', 'put-again', 'put-stale', 'remove', 'gone', 'apply', 'refuse', 'retry', 'verify']) {
    expect(told.get(step), step).toBeGreaterThan(0);
  }
});
