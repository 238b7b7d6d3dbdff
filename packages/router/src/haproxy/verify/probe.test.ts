import { expect, it } from 'vitest';
import { sourceBased } from '../../../testing/rules.ts';
import { condition, haproxyWith, openBench } from '../../../testing/test-session.ts';

const ownRow = /proto=unix_stream src=\S+ fe=10_0_53_2-8080 /;

it('does not take a connection that shows up late for one of the next client', async () => {
  let seen = new Set<string>();
  const { put } = await openBench([{}], {
    change: ({ haproxy }) => ({
      haproxy: haproxyWith(haproxy, {
        // Each session is there from the second look on, as for a worker that is short of time.
        runtime: async (commands) => {
          const answers = await haproxy.runtime(commands);
          return answers.map((answer, at) => {
            if (commands[at] !== 'show sess') return answer;
            const lines = answer.split('\n');
            const known = seen;
            seen = new Set(lines.map((line) => line.split(':')[0]!));
            return lines.filter((line) => !ownRow.test(line) || known.has(line.split(':')[0]!)).join('\n');
          });
        },
      }),
    }),
  });
  expect(condition(await put({ stickiness: sourceBased }), 'InForce')).toBe('True Verified');
});

it('sees a client that is not kept on one member', async () => {
  const { put } = await openBench([{}], {
    change: ({ haproxy, prober }) => ({
      prober: {
        // What makes the rule sticky is undone behind the back of the router.
        open: async (...args) => {
          await haproxy.runtime(['clear table 10_0_53_2-8080']);
          return prober.open(...args);
        },
      },
    }),
  });
  const result = await put({ stickiness: sourceBased });
  expect([result.outcome, condition(result, 'InForce')]).toEqual(['refused', 'False NotVerified']);
});

it('probes with no more clients than the table can remember', async () => {
  const { put } = await openBench([{}]);
  expect(
    condition(await put({ stickiness: { method: 'SourceBased', tableSize: 1, expireSeconds: 1800 } }), 'InForce'),
  ).toBe('True Verified');
});
