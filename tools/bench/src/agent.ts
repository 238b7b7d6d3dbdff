import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hardLimitOf } from '@limpet/data-plane';
import { inBox, runInBox } from '@limpet/lab';
import { writeBundle } from '@limpet/packaging';
import { programOf } from '@limpet/packaging/testing/units';
import { type AgentSizeReport, agentReport, agentSummary } from './agent-report.ts';
import { runInChild } from './router.ts';
import { parseRouterOptions } from './router-options.ts';
import { fitted } from './router-room.ts';

const samples = 300;

/**
 * A running agent process, as it is installed (the bundle, with the flags and the environment of its unit), asked over its socket,
 * beside CloudStack's way, in one run and a box.
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
  const folder = await mkdtemp(join(tmpdir(), 'limpet-bench-'));
  try {
    const agentProgram = programOf((await writeBundle(folder)).program);
    for (const size of sizes.map((each) => fitted(each, hardLimit))) {
      const agent = await runInChild({ ...size, router: 'agent', agentProgram, budgetMs, samples });
      const cloudstack = await runInChild({ ...size, router: 'cloudstack', budgetMs, samples });
      reports.push(agentSummary(size, agent, cloudstack));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return output === 'json' ? `${JSON.stringify(reports, null, 2)}\n` : agentReport(reports);
}
