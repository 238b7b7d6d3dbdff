import type { Row } from '../../chart/state-box.ts';
import { useRunValue } from '../store/hooks.ts';
import { useChart } from './chart-context.ts';
import { TextLines } from './text-lines.tsx';

/** A transition, in a state's box or on an arrow: a button that tells more of it. */
export function TransitionRow({ row, machine }: { row: Row & { transition: string }; machine: string }) {
  const { actor, selected, select, found, coverage } = useChart();
  const { transition } = row;
  const takenAt = useRunValue((store) => {
    const state = actor === undefined ? undefined : store.actor(actor);
    return state?.taken.includes(transition) ? state.takenAt : 0;
  });
  const enabled = useRunValue((store) =>
    actor === undefined ? false : (store.actor(actor)?.enabled?.includes(transition) ?? false),
  );
  const times = useRunValue((store) => (coverage ? (store.coverage.of(machine).get(transition) ?? 0) : undefined));
  return (
    <button
      type="button"
      tabIndex={-1}
      className="transition-row nopan nodrag"
      data-item={transition}
      data-transition={transition}
      data-taken={takenAt > 0 || undefined}
      data-enabled={enabled || undefined}
      data-found={found.has(transition) || undefined}
      data-times={times === undefined ? undefined : times === 0 ? 'never' : times === 1 ? 'once' : 'often'}
      aria-pressed={selected === transition}
      onClick={() => select(transition)}
    >
      {/* A new key begins the animation again when the same transition is taken again. */}
      {takenAt > 0 && <span className="flash" key={takenAt} aria-hidden="true" />}
      <TextLines lines={row.lines} />
      {times !== undefined && <span className="times">{times}×</span>}
    </button>
  );
}

/** A row that has a transition. */
export const hasTransition = (row: Row): row is Row & { transition: string } => row.transition !== undefined;

/** A row that says something else of a state. */
export const hasNoTransition = (row: Row): boolean => row.transition === undefined;
