import type { RuleRecord } from '@limpet/contract';
import type { Wanted } from '../../desired.ts';
import { ruleId } from '../../names.ts';
import type { RouterSettings } from '../config/settings.ts';
import { Budget } from './capacity.ts';

/** The budget that is left for the rules `coming`, some of which may be there in another version. */
export function roomFor(
  coming: readonly RuleRecord[],
  there: ReadonlyMap<string, Wanted>,
  settings: RouterSettings,
  descriptorLimit: number,
): Budget {
  const ids = new Set(coming.map(ruleId));
  const budget = new Budget(settings, descriptorLimit);
  for (const [id, { rule }] of there) if (!ids.has(id)) budget.take(rule);
  return budget;
}
