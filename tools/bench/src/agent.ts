import { readFile } from 'node:fs/promises';
import { hardLimitOf } from '@limpet/data-plane';
import { inBox, runInBox } from '@limpet/lab';
import { type AgentSizeReport, agentReport, agentSummary } from './agent-report.ts';
import { runInChild } from './router.ts';
import { parseRouterOptions } from './router-options.ts';
import { fitted } from './router-room.ts';

const samples = 300;

/**
 * A running agent process, asked over its socket, beside CloudStack's way, in one run and a box.
 *
 * @returns tables or JSON; undefined when it ran in a box of its own, which has printed them
 */
export async function benchAgent(args: readonly string[]): Promise<string | undefined> {
  const { sizes, budgetMs, output } = parseRouterOptions(args, { name: 'agent', sizes: '50x10,500x10' });
  if (!inBox()) {
    process.exitCode = await runInBox([process.execPath, ...process.argv.slice(1)]);
    return undefined;
  }
  const hardLimit = hardLimitOf(await readFile('/proc/self/limits', 'utf8'));
  const reports: AgentSizeReport[] = [];
  for (const size of sizes.map((each) => fitted(each, hardLimit))) {
    const agent = await runInChild({ ...size, router: 'agent', budgetMs, samples });
    const cloudstack = await runInChild({ ...size, router: 'cloudstack', budgetMs, samples });
    reports.push(agentSummary(size, agent, cloudstack));
  }
  return output === 'json' ? `${JSON.stringify(reports, null, 2)}\n` : agentReport(reports);
}
