import { expect, it } from 'vitest';
import { rule, sourceBased } from '../../../testing/rules.ts';
import { haproxyWith, members, openBench } from '../../../testing/test-session.ts';
import { ruleId } from '../../names.ts';
import { WorkerSessions } from '../runtime/sessions.ts';
import { drainSessions } from './drain.ts';

const sticky = rule({ members, stickiness: sourceBased });
const proxy = '10_0_53_2-8080';
const drain = { rule: ruleId(sticky), proxy, drainRule: { kind: 'affinity' as const }, scope: undefined };
const serverNames = new Map(members.map(({ vm }, index) => [index + 1, vm]));

/** A sticky rule with a client who holds a connection and whom the table does not know. */
async function unknownClient() {
  const bench = await openBench([{ stickiness: sourceBased }]);
  const { clients, haproxy } = bench.dataPlane;
  const [held] = await clients.hold([bench.ask('198.18.0.1')]);
  await haproxy.runtime([`clear table ${proxy}`]);
  return { bench, held: held! };
}

const pay = ({ dataPlane }: Awaited<ReturnType<typeof openBench>>, haproxy = dataPlane.haproxy): Promise<number> =>
  drainSessions(drain, {
    dataPlane: { ...dataPlane, haproxy },
    workerSessions: new WorkerSessions(haproxy, dataPlane.clock, 0),
    deadlineMs: 0,
    currentRule: () => sticky,
    serverNames: () => serverNames,
    closed: () => false,
  });

it('lets a client whom the table does not know yet go on where it is', async () => {
  const { bench, held } = await unknownClient();
  expect(await pay(bench)).toBe(0);
  expect(await bench.dataPlane.clients.askHeld([held.id])).toEqual([held.answer]);
  const vm = held.answer.ok ? held.answer.vm : '';
  expect(await bench.reached('198.18.0.1')).toEqual([vm]);
});

it('ends the connection of a client whom the table sends elsewhere, and bears that its worker ends with it', async () => {
  const { bench, held } = await unknownClient();
  const { haproxy, clients } = bench.dataPlane;
  const other = members.findIndex(({ vm }) => held.answer.ok && vm !== held.answer.vm) + 1;
  await haproxy.runtime([`set table ${proxy} key 198.18.0.1 data.server_id ${other}`]);
  const dying = haproxyWith(haproxy, {
    async master(command) {
      const answer = await haproxy.master(command);
      if (!command.includes('shutdown session')) return answer;
      throw Object.assign(new Error('the answer broke off'), { code: 'HAPROXY_CLI_TRUNCATED' });
    },
  });
  expect(await pay(bench, dying as typeof haproxy)).toBe(0);
  expect((await clients.askHeld([held.id]))[0]!.ok).toBe(false);
});
