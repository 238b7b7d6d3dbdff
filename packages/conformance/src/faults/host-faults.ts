import { answersAgain } from './answers-again.ts';
import { type Fault, onFiles, onMachine } from './fault.ts';

/**
 * Faults of how a router sees that rules, which nobody changes, cannot be served any more, or can be again.
 *
 * @module
 */

/** What rules need of their host is not looked at, or not believed. */
export const hostFaults: readonly Fault[] = [
  {
    name: 'address-loss-unnoticed',
    upstream: ['mutation'],
    sentence: "A rule counts as in force when its address has gone to the pair's other router.",
    invariant: 'B3',
    inject: (open) => {
      const seen = new Set<string>();
      return onMachine((dataPlane) => ({
        async localAddresses() {
          for (const ip of await dataPlane.localAddresses()) seen.add(ip);
          return [...seen];
        },
      }))(open);
    },
  },
  {
    name: 'address-return-unnoticed',
    upstream: ['mutation'],
    sentence: 'A rule whose address was away stays refused until somebody changes it.',
    invariant: 'B2',
    inject: (open) => {
      const seen = new Set<string>();
      const lost = new Set<string>();
      return onMachine((dataPlane) => ({
        async localAddresses() {
          const now = await dataPlane.localAddresses();
          for (const ip of seen) if (!now.includes(ip)) lost.add(ip);
          for (const ip of now) seen.add(ip);
          return now.filter((ip) => !lost.has(ip));
        },
      }))(open);
    },
  },
  {
    name: 'certificate-loss-unnoticed',
    upstream: ['mutation'],
    sentence: 'A rule counts as in force when its certificate cannot be read any more.',
    invariant: 'B3',
    suite: 'changes',
    inject: onFiles((files) => {
      const good = new Map<string, string>();
      return {
        async read(path, limit) {
          const text = await files.read(path, limit);
          if (text?.startsWith('-----BEGIN ')) good.set(path, text);
          return good.has(path) ? good.get(path) : text;
        },
      };
    }),
  },
  {
    name: 'drops-unseen',
    upstream: ['apache/cloudstack#867'],
    sentence: "A rule counts as in force when its clients' packets are dropped before the router's chain.",
    invariant: 'B19',
    suite: 'changes',
    inject: onMachine((dataPlane) => ({
      async packetPath() {
        const path = await dataPlane.packetPath();
        return { ...path, rulesets: path.rulesets.filter(({ text }) => text.includes('*filter')) };
      },
    })),
  },
  {
    name: 'answered-from-memory',
    upstream: ['CloudStack 4.19.1 AutoScaleManagerImpl: the answer is about another state than the stored one'],
    sentence: 'A command for a rule that has not changed is answered as the one before, whatever the rule has become.',
    invariant: 'B26',
    suite: 'changes',
    inject: answersAgain('applied'),
  },
];
