import { createMemoryDataPlane } from '@limpet/data-plane';
import { rule } from '@limpet/operations/testing';
import { afterEach, expect, it } from 'vitest';
import { ip, vms } from '../../testing/agents.ts';
import { agentRouter } from './agent-router.ts';

const dataPlane = createMemoryDataPlane({ localAddresses: [ip] });
const put = (generation: number, algorithm: 'roundrobin' | 'leastconn') => {
  const members = vms.map((vm) => ({ ...vm, state: 'serving' as const }));
  return { type: 'putRule' as const, generation, rule: rule({ ip, port: 80, algorithm, members }) };
};
const closing: (() => Promise<void>)[] = [];
const open = async () => {
  const router = await agentRouter().open(dataPlane, '/limpet');
  closing.push(() => router.close());
  return router;
};
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

it('keeps what a killed agent has answered, and waits forever for what it has not', async () => {
  await dataPlane.vms.start(vms);
  const first = await open();
  expect(await first.putRule(put(1, 'roundrobin'))).toMatchObject({ outcome: 'applied' });
  closing.pop();
  let answered = false;
  void first.putRule(put(2, 'leastconn')).then(() => {
    answered = true;
  });
  await first.kill!();
  const second = await open();
  const { rules } = await second.reportRules({ type: 'reportRules' });
  expect(rules).toMatchObject([{ conditions: [{}, {}, { type: 'InForce', status: 'True' }] }]);
  expect(answered).toBe(false);
  await expect.poll(() => second.isBusy!()).toBe(false);
  expect(await second.putRule(put(3, 'leastconn'))).toMatchObject({ outcome: 'applied' });
});

it('says why an agent does not start', async () => {
  await expect(agentRouter().open(dataPlane, 'limpet')).rejects.toThrow(/the agent did not start: .*absolute path/s);
});
