import type { AgentFigures } from './agent-process.ts';
import type { Size } from './router-options.ts';
import { type Times, timesOf } from './router-report.ts';
import type { Measured } from './router-run.ts';

/** The agent and CloudStack's way at one size. Times in milliseconds. */
export interface AgentSizeReport extends Size {
  agent: { runtimeMs: Times; reloadMs: Times; untrue: number } & AgentFigures;
  /** From sending a change to HAProxy's obeying; it reloads for each. */
  cloudstack: { runtimeMs: Times; reloadMs: Times; lost: number };
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

/** The figures of both at one size. */
export function agentSummary(size: Size, ours: Measured, theirs: Measured): AgentSizeReport {
  if (ours.agent === undefined) throw new Error('no agent was measured');
  const { idleCpu, changesPerSecond, cpuMsPerChange, residentMiB } = ours.agent;
  return {
    ...size,
    agent: {
      runtimeMs: timesOf(ours.runtimeMs),
      reloadMs: timesOf(ours.reloadMs),
      untrue: ours.untrue,
      idleCpu: rounded(idleCpu),
      changesPerSecond: rounded(changesPerSecond),
      cpuMsPerChange: rounded(cpuMsPerChange),
      residentMiB: rounded(residentMiB),
    },
    cloudstack: { runtimeMs: timesOf(theirs.runtimeMs), reloadMs: timesOf(theirs.reloadMs), lost: theirs.lost },
  };
}

/** Tables as in docs/benchmarks.md. */
export function agentReport(reports: readonly AgentSizeReport[]): string {
  const times = ({ p50, p99, n }: Times): string => `${p50 ?? '-'} | ${p99 ?? '-'} | ${n}`;
  const rows = reports.flatMap(({ rules, members, agent, cloudstack }) => [
    `| ${rules}x${members} | without a reload | ${times(agent.runtimeMs)} | ${times(cloudstack.runtimeMs)} |`,
    `| ${rules}x${members} | with a reload | ${times(agent.reloadMs)} | ${times(cloudstack.reloadMs)} |`,
  ]);
  const costs = reports.map(
    ({ rules, members, agent }) =>
      `| ${rules}x${members} | ${agent.changesPerSecond} | ${agent.cpuMsPerChange} | ${agent.residentMiB} | ${agent.idleCpu} |`,
  );
  const contradicted = reports.reduce((sum, { agent }) => sum + agent.untrue, 0);
  const lost = reports.reduce((sum, { cloudstack }) => sum + cloudstack.lost, 0);
  return [
    '| rules x members | change | agent p50 | p99 | n | CloudStack p50 | p99 | n |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    '| rules x members | changes/s, 8 clients | agent CPU ms a change | memory, MiB | idle CPU, % |',
    '|---|---|---|---|---|',
    ...costs,
    '',
    `HAProxy contradicted ${contradicted} answers of the agent, and did not obey ${lost} changes of CloudStack's router.`,
    '',
  ].join('\n');
}
