import type { Scenario } from './fault-session.ts';

export const acceptScenarios: Readonly<Record<string, Scenario>> = {
  'accepts-pile-up': {
    async play(bench) {
      await bench.put({});
      await bench.put({ port: 81 });
      return bench.accepts();
    },
    good: ['8080', '81'],
    bad: ['8080', '8080', '81'],
  },
  'listener-without-accept': {
    async play(bench) {
      await bench.put({});
      return bench.reached('198.18.0.1');
    },
    good: ['vm11', 'vm12', 'vm13'],
    bad: ['timeout'],
  },
  'filter-failure-unheeded': {
    async play(bench) {
      await bench.put({});
      const { packetFilter } = bench.dataPlane;
      const { restore } = packetFilter;
      packetFilter.restore = async () => {
        packetFilter.restore = restore;
        throw new Error('somebody holds the lock');
      };
      await bench.put({ port: 81 });
      return bench.accepts();
    },
    good: ['8080', '81'],
    bad: ['8080'],
  },
  'accept-left-behind': {
    async play(bench) {
      await bench.put({});
      await bench.remove(8080);
      return bench.accepts();
    },
    good: [],
    bad: ['8080'],
  },
  'accept-for-everybody': {
    async play(bench) {
      await bench.put({ cidrs: ['198.18.0.0/24'] });
      return [await bench.accepts(), await bench.reached('198.19.0.1')];
    },
    good: [['8080 from 198.18.0.0/24'], ['timeout']],
    bad: [['8080'], ['vm11', 'vm12', 'vm13']],
  },
};
