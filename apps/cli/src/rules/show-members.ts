import type { RuleMembers } from '@limpet/operations';
import { ruleId } from '@limpet/router';
import { table } from '../output/format.ts';

/** The members for people: a row for each rule, and a line for each member that is down, with its check's answer. */
export function showMembers(rules: readonly RuleMembers[]): string {
  if (rules.length === 0) return '';
  const rows = rules.map(({ key, up, down, draining, maintenance }) => [
    ruleId(key),
    ...[up, down, draining, maintenance].map(({ length }) => length),
  ]);
  const lines = rules.flatMap(({ key, down }) =>
    down.map(({ vm, answer }) => `${ruleId(key)}: ${vm} is down: ${answer ?? 'its check says no more'}\n`),
  );
  return ['\n', table(['rule', 'members up', 'down', 'draining', 'maintenance'], rows), ...lines].join('');
}
