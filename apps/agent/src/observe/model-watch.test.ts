import type { RuleStatus } from '@limpet/contract';
import type { RuleStepName } from '@limpet/router';
import { afterEach, expect, it, vi } from 'vitest';
import { ip, openAgent, vms } from '../../testing/agents.ts';
import { describeViolation, ModelWatch, type Violation } from './model-watch.ts';

const rule = `${ip}:80`;
const reported = (status: 'True' | 'False'): RuleStatus => ({
  key: { ip, port: 80 },
  generation: 1,
  observedGeneration: 1,
  conditions: [
    {
      type: 'InForce',
      status,
      reason: 'x',
      message: '',
      observedGeneration: 1,
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ],
});

function watch() {
  const violations: Violation[] = [];
  const model = new ModelWatch((violation) => violations.push(violation));
  const take = (...steps: RuleStepName[]) => {
    for (const step of steps) model.step({ rule, step, generation: 1 });
  };
  return { model, take, violations };
}

it('says what the model does not allow, with what was possible, and follows the rule anew', () => {
  const { model, take, violations } = watch();
  take('put', 'apply', 'apply');
  expect(violations).toMatchObject([{ rule, step: 'apply', generation: 1, reason: 'unexplained' }]);
  expect(violations[0]!.expected).toContain('verify');
  expect(new Set(violations[0]!.states.map(({ entry }) => entry))).toEqual(new Set(['programmed']));
  expect(describeViolation(violations[0]!)).toMatch(/^203\.0\.113\.10:80: apply of generation 1 is not what the model/);
  take('put', 'apply', 'verify', 'remove', 'gone', 'put', 'refuse');
  expect(violations).toHaveLength(1);
  for (let at = 0; at < 20; at++) take('put', 'verify');
  expect([violations.length, model.violations.length]).toEqual([21, 10]);
});

it('asks once what is wanted, however many rules are reported: the answer is a copy of all of them', async () => {
  const { model } = watch();
  const reports = Array.from({ length: 50 }, () => reported('True'));
  let asked = 0;
  await model.look(Promise.resolve(reports), () => {
    asked++;
    return {};
  });
  expect(asked).toBe(1);
});

it('sees a rule that is reported in force, and is not by what has happened to it', async () => {
  const { model, take, violations } = watch();
  const look = (status: 'True' | 'False', wanted = 1) =>
    model.look(Promise.resolve([reported(status)]), () => ({ [rule]: { generation: wanted } }));
  await look('True');
  take('put', 'apply');
  await look('False');
  // The version before is still in force, and another one is wanted.
  await look('True', 2);
  // It was verified, and reported, and is no more by the time that the report comes.
  take('verify');
  const late = look('True');
  take('restore');
  await late;
  expect(violations).toEqual([]);
  await look('True');
  expect(violations).toMatchObject([{ step: 'heartbeat', reason: 'wrong-heartbeat' }]);
});

it('follows the agent, which tells violations as event, metric, log and to whoever asks for its health', async () => {
  const agent = await openAgent();
  const path = `/v1/rules/${rule}`;
  await agent.ask('PUT', path, { members: vms }, { 'if-none-match': '*' });
  await agent.ask('PUT', path, { members: vms, algorithm: 'source' }, { 'if-match': '"1"' });
  await agent.ask('DELETE', path, undefined, { 'if-match': '"2"' });
  const steps = agent.log.filter(({ msg }) => msg === 'step').map(({ step, generation }) => `${step} ${generation}`);
  const replaced = ['put 2', 'apply 2', 'verify 2'];
  expect(steps).toEqual(['put 1', 'apply 1', 'verify 1', ...replaced, 'remove 3', 'gone 3']);
  const health = async () => (await agent.ask('GET', '/healthz')).body;
  const violations = async () =>
    /^limpet_model_violations_total (\d+)$/m.exec((await agent.ask('GET', '/metrics')).body)?.[1];
  expect([await health(), await violations()]).toEqual([{ ok: true, why: [] }, '0']);

  await agent.ask('PUT', path, { members: vms }, { 'if-none-match': '*' });
  agent.agent.follow({ rule, step: 'apply', generation: 4 });
  expect(await health()).toEqual({
    ok: true,
    why: [expect.stringMatching(/apply of generation 4 is not what the model/)],
  });
  expect(await violations()).toBe('1');
  const [last] = agent.agent.events.after(agent.agent.events.last - 1).events;
  expect(last?.event).toMatchObject({ type: 'model-violated', rule, step: 'apply' });
  expect(agent.log.at(-1)).toMatchObject({ level: 50, msg: 'model-violated', rule });
  await agent.close();
});

afterEach(() => {
  vi.restoreAllMocks();
});

it('stops neither the router nor the agent when it fails itself', async () => {
  const opened = await openAgent();
  vi.spyOn(ModelWatch.prototype, 'step').mockImplementation(() => {
    throw new Error('too large to follow');
  });
  vi.spyOn(ModelWatch.prototype, 'look').mockRejectedValue(new Error('too large to look at'));
  const { status } = await opened.ask('PUT', `/v1/rules/${ip}:80`, { members: vms }, { 'if-none-match': '*' });
  expect(status).toBe(201);
  expect((await opened.ask('GET', '/healthz')).status).toBe(200);
  const faults = opened.log
    .filter(({ msg }) => msg === 'a fault of Limpet')
    .map(({ err }) => `${(err as Error).message}`);
  expect(new Set(faults)).toEqual(new Set(['too large to follow', 'too large to look at']));
  await opened.close();
});
