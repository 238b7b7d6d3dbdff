import { members, publicIp, type Scenario, type TestSession, vms } from './fault-session.ts';
import { sourceBased } from './rules.ts';

const [vm1, vm2, vm3] = members;
const sticky = { stickiness: sourceBased };
const clients = Array.from({ length: 12 }, (_, i) => `198.18.0.${i + 1}`);

/** Where each client is sent. */
const whereTo = async (session: TestSession, port = 8080): Promise<string[]> => {
  const reached: string[] = [];
  for (const client of clients) reached.push((await session.reached(client, port)).join());
  return reached;
};

/** Whether the change moves a client of the rule. */
const moves = async (session: TestSession, change: () => Promise<unknown>, port = 8080): Promise<boolean> => {
  const before = await whereTo(session, port);
  await change();
  await session.reached('198.18.0.99', port); // so that the turns of round robin differ
  return (await whereTo(session, port)).join() !== before.join();
};

const serverNames = async ({ dataPlane }: TestSession): Promise<string[]> => {
  const [state] = await dataPlane.haproxy.runtime(['show servers state']);
  return vms.map(({ vm }) => vm).filter((vm) => state!.includes(` ${vm} `));
};

/** Scenarios of the faults at HAProxy and in the files, by the fault's name. */
export const machineScenarios: Readonly<Record<string, Scenario>> = {
  'tables-lost-at-reload': {
    async play(session) {
      await session.put(sticky);
      await session.put({ port: 81 });
      return moves(session, () => session.put({ port: 82 }));
    },
    good: false,
    bad: true,
  },
  'restarted-for-reload': {
    async play(session) {
      await session.put({});
      const held = await session.hold('198.18.0.1', 3);
      await session.put({ port: 81 });
      return (await held()).includes('closed');
    },
    good: false,
    bad: true,
  },
  'failed-config-stays': {
    async play(session) {
      await session.put({});
      session.dataPlane.localAddresses = async () => [publicIp, '203.0.113.9'];
      await session.put({ ip: '203.0.113.9' });
      return (await session.config()).includes('203.0.113.9');
    },
    good: false,
    bad: true,
    memoryOnly: true,
  },
  'map-file-not-written': {
    async play(session) {
      await session.put({});
      await session.put(sticky);
      return (await session.stickMap()).trim();
    },
    good: '10_0_53_2-8080 source',
    bad: '10_0_53_2-8080 none',
    memoryOnly: true,
  },
  'tables-of-all-cleared': {
    async play(session) {
      await session.put(sticky);
      await session.put({ port: 81 });
      return moves(session, () => session.put({ port: 81, ...sticky }));
    },
    good: false,
    bad: true,
  },
  'connections-of-all-ended': {
    async play(session) {
      await session.put({ port: 81 });
      await session.put({});
      await session.hold('198.18.0.1', 3);
      const others = await session.hold('198.18.0.1', 3, 81);
      await session.put({ members: [vm2!, vm3!] });
      return (await others()).includes('closed');
    },
    good: false,
    bad: true,
  },
  'old-workers-forgotten': {
    async play(session) {
      await session.put({});
      const held = await session.hold('198.18.0.1', 3);
      await session.put({ algorithm: 'source' });
      return [...new Set(await held())].sort();
    },
    good: ['closed'],
    bad: ['vm11', 'vm12', 'vm13'],
  },
  'held-connections-forgotten': {
    async play(session) {
      await session.put({});
      const held = await session.hold('198.18.0.1', 3);
      await session.put({ members: [vm1!, vm2!] });
      return (await held()).sort();
    },
    good: ['closed', 'vm11', 'vm12'],
    bad: ['vm11', 'vm12', 'vm13'],
  },
  'left-server-not-deleted': {
    async play(session) {
      await session.put({});
      await session.put({ members: [vm1!, vm2!] });
      return serverNames(session);
    },
    good: ['vm11', 'vm12'],
    bad: ['vm11', 'vm12', 'vm13'],
  },
  'state-forgotten': {
    async play(session) {
      await session.put({});
      await session.reopen();
      return (await session.router().reportRules({ type: 'reportRules' })).rules.length;
    },
    good: 1,
    bad: 0,
    memoryOnly: true,
  },
  'removals-forgotten': {
    async play(session) {
      await session.put({}, 1);
      await session.remove(8080, 3);
      await session.reopen();
      return (await session.put({}, 2)).outcome;
    },
    good: 'superseded',
    bad: 'applied',
    memoryOnly: true,
  },
  'ids-used-again': {
    async play(session) {
      await session.put({ members: [vm1!] });
      await session.put({ members: [vm2!] });
      await session.reopen();
      await session.put({ members: [vm2!] });
      await session.put({ members: [vm3!] });
      return /server vm13 .* id (\d+)/.exec(await session.config())?.[1];
    },
    good: '3',
    bad: '2',
    memoryOnly: true,
  },
  'last-good-forgotten': {
    async play(session) {
      await session.put({});
      const held = await session.hold('198.18.0.1', 3);
      // The crash: HAProxy and its connections go on, without the change that the state file has.
      const { haproxy } = session.dataPlane;
      const { runtime } = haproxy;
      haproxy.runtime = () => new Promise(() => undefined);
      void session.put({ members: [vm1!, vm2!] }).catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
      haproxy.runtime = runtime;
      await session.reopen();
      await session.put({ members: [vm1!, vm2!] });
      return (await held()).sort();
    },
    good: ['closed', 'vm11', 'vm12'],
    bad: ['vm11', 'vm12', 'vm13'],
    memoryOnly: true,
  },
};
