import { expect, it } from 'vitest';
import { agentReport, agentSummary } from './agent-report.ts';
import type { Measured } from './router-run.ts';

const nothing: Measured = {
  ...{ runtimeMs: [], reloadMs: [], byChange: {}, untrue: 0, lost: 0, floorMs: [], planMs: [], costs: [] },
  ...{ startMs: 0, nodeMiB: 0, emptyMiB: 0, workerMiB: 0, ownMs: 0 },
};

it('has the agent beside CloudStack, and what its process takes', () => {
  const figures = { idleCpu: 0.44, changesPerSecond: 120.04, cpuMsPerChange: 3.21, residentMiB: 95.55 };
  const ours = { ...nothing, runtimeMs: [3, 1, 2], reloadMs: [70], untrue: 1, agent: figures };
  const report = agentSummary({ rules: 50, members: 10 }, ours, { ...nothing, runtimeMs: [90], lost: 2 });
  expect(agentReport([report])).toMatchInlineSnapshot(`
    "| rules x members | change | agent p50 | p99 | n | CloudStack p50 | p99 | n |
    |---|---|---|---|---|---|---|---|
    | 50x10 | without a reload | 2 | 3 | 3 | 90 | 90 | 1 |
    | 50x10 | with a reload | 70 | 70 | 1 | - | - | 0 |

    | rules x members | changes/s, 8 clients | agent CPU ms a change | memory, MiB | idle CPU, % |
    |---|---|---|---|---|
    | 50x10 | 120 | 3.2 | 95.6 | 0.4 |

    HAProxy contradicted 1 answers of the agent, and did not obey 2 changes of CloudStack's router.
    "
  `);
});

it('wants an agent', () => {
  expect(() => agentSummary({ rules: 1, members: 1 }, nothing, nothing)).toThrow('no agent was measured');
});
