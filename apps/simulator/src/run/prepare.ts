import { readFile } from 'node:fs/promises';
import { CloudStackError, parseDatabag, rulesFromDatabag } from '@limpet/cloudstack';
import type { RuleRecord } from '@limpet/contract';
import { type GroupPlan, groupsOfRules, groupsOfScenario, select } from '../cloud/group-plans.ts';
import { type LeftOut, whyNotPlayable } from '../cloud/playable.ts';
import { validateGroups } from '../cloud/validate-groups.ts';
import { SimulatorError } from '../errors.ts';
import { loadScenario } from '../scenario/catalogue.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** What the user asked for. */
export interface PrepareOptions {
  /** A shipped scenario's name, or the path of a YAML file. */
  scenario: string;
  /** A CloudStack `load_balancer.json` databag, whose rules take the place of the scenario's groups. */
  from?: string | undefined;
  /** Addresses of the router besides those of the scenario. */
  publicIps?: readonly string[];
}

/** A simulation that can be run: everything in it has been validated. */
export interface Prepared {
  scenario: Scenario;
  groups: readonly GroupPlan[];
  publicIps: readonly string[];
  /** Rules of the databag that cannot be played. */
  leftOut: readonly LeftOut[];
}

/**
 * Reads and validates everything, and starts nothing.
 *
 * @throws SimulatorError that names the field or the remedy
 */
export async function prepare(options: PrepareOptions): Promise<Prepared> {
  const scenario = await loadScenario(options.scenario);
  const rules = options.from === undefined ? undefined : await readDatabag(options.from);
  const leftOut = (rules ?? []).flatMap((rule): LeftOut[] => {
    const why = whyNotPlayable(rule);
    return why === undefined ? [] : [{ rule: `${rule.ip}:${rule.port}`, why }];
  });
  const playable = rules?.filter((rule) => whyNotPlayable(rule) === undefined);
  const groups = playable ? groupsOfRules(playable, scenario) : groupsOfScenario(scenario);
  const publicIps = [...new Set([...scenario.router.publicIps, ...(options.publicIps ?? [])])];
  validateGroups(groups, publicIps);
  validateSteps(scenario, groups);
  return { scenario, groups, publicIps, leftOut };
}

async function readDatabag(path: string): Promise<RuleRecord[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new SimulatorError(
      'DATABAG_NOT_FOUND',
      `cannot read the databag ${path}; give the path of a load_balancer.json`,
      {
        cause: error,
      },
    );
  }
  try {
    return rulesFromDatabag(parseDatabag(text));
  } catch (error) {
    if (!(error instanceof CloudStackError)) throw error;
    throw new SimulatorError('DATABAG_INVALID', `${path}: ${error.message}`, { cause: error });
  }
}

/** A step that selects nothing would silently do nothing. */
function validateSteps(scenario: Scenario, groups: readonly GroupPlan[]): void {
  for (const list of ['steps', 'workaround'] as const) {
    for (const [index, step] of (scenario[list] ?? []).entries()) {
      if (select(groups, step.groups).length > 0) continue;
      const sets = [...new Set(groups.map((group) => group.set))].join(', ');
      const message = `${scenario.name}: ${list}[${index}].groups: selects none of the ${groups.length} groups (sets: ${sets})`;
      throw new SimulatorError('SCENARIO_INVALID', message);
    }
  }
}
