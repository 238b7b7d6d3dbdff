import { CONDITION_NAMES, CONDITIONS, type Condition, type Summary } from './summary.ts';

/** The orders, and what to call them. */
export const ORDERS = { name: 'by name', worst: 'worst first', slowest: 'slowest first' } as const;

/** An order of the fleet. */
export type Order = keyof typeof ORDERS;

/** What of a fleet is shown. */
export interface FleetQuery {
  /** All of its words have to be there. */
  text: string;
  condition: Condition | '';
  order: Order;
}

const byName = new Intl.Collator('en', { numeric: true });

/** The groups that a query asks for, in its order. */
export function arrangeFleet(all: readonly Summary[], { text, condition, order }: FleetQuery): Summary[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const shown = all.filter((summary) => {
    if (condition !== '' && summary.condition !== condition) return false;
    const texts = [summary.group, ...summary.parts, summary.stickiness ?? '', CONDITION_NAMES[summary.condition]];
    const whole = texts.join(' ').toLowerCase();
    return words.every((word) => whole.includes(word));
  });
  const rank = (summary: Summary): number => CONDITIONS.indexOf(summary.condition);
  const lag = (summary: Summary): number => summary.lagMs ?? -1;
  return shown.sort((one, other) => {
    const first = order === 'worst' ? rank(one) - rank(other) : order === 'slowest' ? lag(other) - lag(one) : 0;
    return first || byName.compare(one.group, other.group);
  });
}
