import type { Scenario } from './fault-session.ts';

/** Scenarios of the faults at the packet filter, by the fault's name. */
export const acceptScenarios: Readonly<Record<string, Scenario>> = {
  'accepts-pile-up': {
    async play(session) {
      await session.put({});
      await session.put({ port: 81 });
      return session.accepts();
    },
    good: ['8080', '81'],
    bad: ['8080', '8080', '81'],
  },
  'listener-without-accept': {
    async play(session) {
      await session.put({});
      return session.reached('198.18.0.1');
    },
    good: ['vm11', 'vm12', 'vm13'],
    bad: ['timeout'],
  },
  'filter-failure-unheeded': {
    async play(session) {
      await session.put({});
      const { packetFilter } = session.dataPlane;
      const { restore } = packetFilter;
      packetFilter.restore = async () => {
        packetFilter.restore = restore;
        throw new Error('somebody holds the lock');
      };
      await session.put({ port: 81 });
      return session.accepts();
    },
    good: ['8080', '81'],
    bad: ['8080'],
  },
  'accept-left-behind': {
    async play(session) {
      await session.put({});
      await session.remove(8080);
      return session.accepts();
    },
    good: [],
    bad: ['8080'],
  },
  'accept-for-everybody': {
    async play(session) {
      await session.put({ cidrs: ['198.18.0.0/24'] });
      return [await session.accepts(), await session.reached('198.19.0.1')];
    },
    good: [['8080 from 198.18.0.0/24'], ['timeout']],
    bad: [['8080'], ['vm11', 'vm12', 'vm13']],
  },
};
