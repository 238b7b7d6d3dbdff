import type { TransitionDescription } from '@limpet/inspection';
import { useActor } from '../store/hooks.ts';
import type { ActorState } from '../store/run-state.ts';
import { useChart } from './chart-context.ts';

/** Whether the chosen instance would take a transition now, and why not: its guard's verdict, where that is known. */
export function TransitionVerdict({ transition }: { transition: TransitionDescription }) {
  const { actor } = useChart();
  const state = useActor(actor);
  if (state === undefined) return null;
  const { text, isTaken } = verdictOn(transition, state);
  return (
    <p className="verdict" data-verdict={isTaken ? 'yes' : 'no'}>
      {text}
    </p>
  );
}

/** @returns the verdict as a sentence; a recording that does not say what is enabled leaves it to the guard */
export function verdictOn(
  { id, source, guard }: Pick<TransitionDescription, 'id' | 'source' | 'guard'>,
  { active, enabled }: Pick<ActorState, 'active' | 'enabled'>,
): { text: string; isTaken: boolean } {
  const says = (text: string, isTaken = false) => ({ text, isTaken });
  if (enabled?.includes(id)) return says('It would be taken now.', true);
  if (!active.has(source)) return says('Its state is not active.');
  if (enabled !== undefined)
    return says(guard === undefined ? 'Another comes first.' : `Its guard ${guard} says no, or another comes first.`);
  return says(
    guard === undefined
      ? 'Its state is active: it is taken unless another comes first.'
      : `Its state is active: its guard ${guard} decides, and this run does not say how.`,
  );
}
