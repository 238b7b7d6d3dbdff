import { type Bench, members, publicIp, type Scenario, vms } from './fault-session.ts';
import { sourceBased } from './rules.ts';

const [vm1, vm2, vm3] = members;
const sticky = { stickiness: sourceBased };
const clients = Array.from({ length: 12 }, (_, i) => `198.18.0.${i + 1}`);

/** Where each client is sent. */
const whereTo = async (bench: Bench, port = 8080): Promise<string[]> => {
  const reached: string[] = [];
  for (const client of clients) reached.push((await bench.reached(client, port)).join());
  return reached;
};

/** Whether the change moves a client of the rule. */
const moves = async (bench: Bench, change: () => Promise<unknown>, port = 8080): Promise<boolean> => {
  const before = await whereTo(bench, port);
  await change();
  await bench.reached('198.18.0.99', port); // so that the turns of round robin differ
  return (await whereTo(bench, port)).join() !== before.join();
};

const serverNames = async ({ dataPlane }: Bench): Promise<string[]> => {
  const [state] = await dataPlane.haproxy.runtime(['show servers state']);
  return vms.map(({ vm }) => vm).filter((vm) => state!.includes(` ${vm} `));
};

export const machineScenarios: Readonly<Record<string, Scenario>> = {
  'tables-lost-at-reload': {
    async play(bench) {
      await bench.put(sticky);
      await bench.put({ port: 81 });
      return moves(bench, () => bench.put({ port: 82 }));
    },
    good: false,
    bad: true,
  },
  'restarted-for-reload': {
    async play(bench) {
      await bench.put({});
      const held = await bench.hold('198.18.0.1', 3);
      await bench.put({ port: 81 });
      return (await held()).includes('closed');
    },
    good: false,
    bad: true,
  },
  'failed-config-stays': {
    async play(bench) {
      await bench.put({});
      bench.dataPlane.localAddresses = async () => [publicIp, '203.0.113.9'];
      await bench.put({ ip: '203.0.113.9' });
      return (await bench.config()).includes('203.0.113.9');
    },
    good: false,
    bad: true,
    memoryOnly: true,
  },
  'map-file-not-written': {
    async play(bench) {
      await bench.put({});
      await bench.put(sticky);
      return (await bench.stickMap()).trim();
    },
    good: '10_0_53_2-8080 source',
    bad: '10_0_53_2-8080 none',
    memoryOnly: true,
  },
  'tables-of-all-cleared': {
    async play(bench) {
      await bench.put(sticky);
      await bench.put({ port: 81 });
      return moves(bench, () => bench.put({ port: 81, ...sticky }));
    },
    good: false,
    bad: true,
  },
  'connections-of-all-ended': {
    async play(bench) {
      await bench.put({ port: 81 });
      await bench.put({});
      await bench.hold('198.18.0.1', 3);
      const others = await bench.hold('198.18.0.1', 3, 81);
      await bench.put({ members: [vm2!, vm3!] });
      return (await others()).includes('closed');
    },
    good: false,
    bad: true,
  },
  'old-workers-forgotten': {
    async play(bench) {
      await bench.put({});
      const held = await bench.hold('198.18.0.1', 3);
      await bench.put({ algorithm: 'source' });
      return [...new Set(await held())].sort();
    },
    good: ['closed'],
    bad: ['vm11', 'vm12', 'vm13'],
  },
  'held-connections-forgotten': {
    async play(bench) {
      await bench.put({});
      const held = await bench.hold('198.18.0.1', 3);
      await bench.put({ members: [vm1!, vm2!] });
      return (await held()).sort();
    },
    good: ['closed', 'vm11', 'vm12'],
    bad: ['vm11', 'vm12', 'vm13'],
  },
  'left-server-not-deleted': {
    async play(bench) {
      await bench.put({});
      await bench.put({ members: [vm1!, vm2!] });
      return serverNames(bench);
    },
    good: ['vm11', 'vm12'],
    bad: ['vm11', 'vm12', 'vm13'],
  },
  'state-forgotten': {
    async play(bench) {
      await bench.put({});
      await bench.reopen();
      return (await bench.router().reportRules({ type: 'reportRules' })).rules.length;
    },
    good: 1,
    bad: 0,
    memoryOnly: true,
  },
  'removals-forgotten': {
    async play(bench) {
      await bench.put({}, 1);
      await bench.remove(8080, 3);
      await bench.reopen();
      return (await bench.put({}, 2)).outcome;
    },
    good: 'superseded',
    bad: 'applied',
    memoryOnly: true,
  },
  'ids-used-again': {
    async play(bench) {
      await bench.put({ members: [vm1!] });
      await bench.put({ members: [vm2!] });
      await bench.reopen();
      await bench.put({ members: [vm2!] });
      await bench.put({ members: [vm3!] });
      return /server vm13 .* id (\d+)/.exec(await bench.config())?.[1];
    },
    good: '3',
    bad: '2',
    memoryOnly: true,
  },
  'last-good-forgotten': {
    async play(bench) {
      await bench.put({});
      const held = await bench.hold('198.18.0.1', 3);
      // The crash: HAProxy and its connections go on, and nobody has told it of the change that is stored.
      const { haproxy } = bench.dataPlane;
      const { runtime } = haproxy;
      haproxy.runtime = () => new Promise(() => undefined);
      void bench.put({ members: [vm1!, vm2!] }).catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
      haproxy.runtime = runtime;
      await bench.reopen();
      await bench.put({ members: [vm1!, vm2!] });
      return (await held()).sort();
    },
    good: ['closed', 'vm11', 'vm12'],
    bad: ['vm11', 'vm12', 'vm13'],
    memoryOnly: true,
  },
};
