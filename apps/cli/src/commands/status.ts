import { resolve } from 'node:path';
import { findAgent } from '@limpet/agent/client';
import { inspectLocalRouter, isWell, localRouter, type RouterReport, RulesError, reportOn } from '@limpet/operations';
import { type RouterSnapshot, type RuleCounters, readCounters, ruleId, verifyRules } from '@limpet/router';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { json, table } from '../output/format.ts';
import { defaultDir } from '../rules/default-dir.ts';
import { showMembers } from '../rules/show-members.ts';
import { showStatuses } from '../rules/show-statuses.ts';
import type { RulesFlags } from './rules-flags.ts';

/**
 * `limpet status`: shows the conditions and counters of the rules that were applied; an agent that drives the router is asked.
 *
 * @throws RulesError `NO_ROUTER` when no rules were applied in this folder
 */
export async function status(flags: Omit<RulesFlags, 'from'>, context: Context): Promise<void> {
  const agent = await findAgent(resolve(flags.dir));
  const report = await (agent ? agent.status() : reportHere(flags, context));
  context.stdout(flags.output === 'json' ? json(report) : showReport(report));
  context.exit(report.rules.every(isWell) ? exitCodes.done : exitCodes.found);
}

/** Reads the router from outside, since no agent drives it. @throws RulesError `NO_ROUTER` */
export async function reportHere(flags: Pick<RulesFlags, 'dir'>, context: Context): Promise<RouterReport> {
  const location = localRouter(flags.dir, context.exec);
  const snapshot = await inspectLocalRouter(location);
  if (!snapshot.stored) throw noRouter(location.dir, snapshot);
  const statuses = await verifyRules(snapshot, { ...location, probe: false });
  const counters = snapshot.observed.notResponding ? [] : await readCounters(location, snapshot);
  return reportOn(snapshot, statuses, counters);
}

const showReport = ({ rules, members, counters }: RouterReport): string =>
  showStatuses(rules) + showMembers(members) + (counters.length > 0 ? `\n${showCounters(counters)}` : '');

function noRouter(dir: string, { observed }: RouterSnapshot): RulesError {
  const serving = observed.processes && 'HAProxy runs there all the same; apply its rules again';
  const advice = observed.notResponding ?? serving ?? `give its --dir (default: ${defaultDir}), or apply rules first`;
  return new RulesError('NO_ROUTER', [`there is no router in ${dir} (no state.db); ${advice}`]);
}

const showCounters = (counters: readonly RuleCounters[]): string =>
  table(
    ['rule', 'connections', 'requests', 'bytes in', 'bytes out'],
    counters.map(({ key, connections, requests, bytesIn, bytesOut }) => [
      ruleId(key),
      connections,
      requests,
      bytesIn,
      bytesOut,
    ]),
  );
