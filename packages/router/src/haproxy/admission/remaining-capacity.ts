import type { RuleRecord } from '@limpet/contract';
import type { DesiredRule } from '../../desired.ts';
import { ruleId } from '../../names.ts';
import type { RouterSettings } from '../config/settings.ts';
import { Capacity } from './capacity.ts';

/** The budget that is left for the rules `coming`, some of which may be there in another version. */
export function remainingCapacity(
  coming: readonly RuleRecord[],
  there: ReadonlyMap<string, DesiredRule>,
  settings: RouterSettings,
  descriptorLimit: number,
): Capacity {
  const ids = new Set(coming.map(ruleId));
  const budget = new Capacity(settings, descriptorLimit);
  for (const [id, { rule }] of there) if (!ids.has(id)) budget.take(rule);
  return budget;
}
