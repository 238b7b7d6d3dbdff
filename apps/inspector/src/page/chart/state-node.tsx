import type { Node, NodeProps } from '@xyflow/react';
import { memo } from 'react';
import type { StateBox } from '../../chart/state-box.ts';
import { useRunValue } from '../store/hooks.ts';
import { useChart } from './chart-context.ts';
import { TextLines } from './text-lines.tsx';
import { hasNoTransition, hasTransition, TransitionRow } from './transition-row.tsx';

/** What React Flow hands to a state: nothing of it changes while the machine runs. */
export type StateNodeData = {
  box: StateBox;
  machine: string;
  type: string;
  /** A state with others in it. */
  outer: boolean;
  /** A region of a parallel state. */
  region: boolean;
};

/** A state of the chart. */
export type StateFlowNode = Node<StateNodeData, 'state'>;

const MARKS: Readonly<Record<string, string>> = { final: '◉', parallel: '∥', history: 'H' };

/** A state's box. It asks the run itself whether it is active: a change draws this box alone. */
export const StateNode = memo(function StateNode({ id, data }: NodeProps<StateFlowNode>) {
  const { actor, selected, select, found } = useChart();
  const active = useRunValue((store) => actor !== undefined && (store.actor(actor)?.active.has(id) ?? false));
  const mark = MARKS[data.type];
  return (
    <div
      className="state"
      data-state={id}
      data-type={data.type}
      data-outer={data.outer || undefined}
      data-region={data.region || undefined}
      data-active={active || undefined}
      data-found={found.has(id) || undefined}
    >
      <button
        type="button"
        tabIndex={-1}
        className="state-name nopan nodrag"
        data-item={id}
        aria-pressed={selected === id}
        onClick={() => select(id)}
      >
        {mark !== undefined && (
          <span className="mark" aria-hidden="true">
            {mark}
          </span>
        )}
        <span className="name">{data.box.name}</span>
        <span className="hidden">{`, ${data.type} state${active ? ', active' : ''}`}</span>
      </button>
      {data.box.rows.filter(hasNoTransition).map(({ lines }) => (
        <div className="note-row" key={JSON.stringify(lines)}>
          <TextLines lines={lines} />
        </div>
      ))}
      {data.box.rows.filter(hasTransition).map((row) => (
        <TransitionRow key={row.transition} row={row} machine={data.machine} />
      ))}
    </div>
  );
});
