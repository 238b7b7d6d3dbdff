import { memo, useEffect, useMemo, useRef, useState } from 'react';
import { giveTabStop, moveFocus } from '../focus/roving-focus.ts';
import { RunPlots } from '../plots/run-plots.tsx';
import { useFrames } from '../shell/use-frames.ts';
import { useRun, useRunValue } from '../store/hooks.ts';
import { arrangeFleet, ORDERS, type Order } from './arrange-fleet.ts';
import { CONDITION_NAMES, CONDITIONS, type Condition, createFleet, type Summary } from './summary.ts';

/** So many groups are added in a frame when the view is opened. */
const GROUPS_A_FRAME = 100;

/** All groups of a run at once: what is wrong, and where. */
export function FleetView({ onActor }: { onActor(actor: string): void }) {
  const run = useRun();
  useRunValue((store) => store.version);
  const fleet = useMemo(createFleet, []);
  const list = useRef<HTMLElement>(null);
  const [text, setText] = useState('');
  const [condition, setCondition] = useState<Condition | ''>('');
  const [order, setOrder] = useState<Order>('name');
  const [plots, setPlots] = useState(false);
  const all = fleet(run.state);
  const frames = useFrames(Math.ceil(all.length / GROUPS_A_FRAME) - 1);
  const shown = arrangeFleet(all, { text, condition, order });
  useEffect(() => {
    const frame = list.current;
    const first = frame?.querySelector<HTMLElement>('[data-item]');
    if (frame && first && frame.querySelector('[tabindex="0"]') === null) giveTabStop(frame, first);
  });
  const counts = Map.groupBy(all, (summary) => summary.condition);
  return (
    <div className="fleet-view">
      <div className="toolbar">
        <label className="search">
          <span>Filter</span>
          <input
            type="search"
            value={text}
            placeholder="name, state, stickiness"
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <label>
          <span>Show</span>
          <select value={condition} onChange={(event) => setCondition(event.target.value as Condition | '')}>
            <option value="">all {all.length}</option>
            {CONDITIONS.map((each) => (
              <option key={each} value={each}>
                {CONDITION_NAMES[each]} ({counts.get(each)?.length ?? 0})
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>Sort</span>
          <select value={order} onChange={(event) => setOrder(event.target.value as Order)}>
            {Object.entries(ORDERS).map(([name, label]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label className="check">
          <input type="checkbox" checked={plots} onChange={(event) => setPlots(event.target.checked)} />
          <span>Plots</span>
        </label>
        <output className="found">
          {shown.length === all.length ? `${all.length} groups` : `${shown.length} of ${all.length} groups`}
        </output>
      </div>
      {plots ? <RunPlots /> : <span />}
      {/* One tab stop for all of them: with 500 groups, 500 would be a wall. */}
      <section
        className="fleet"
        ref={list}
        aria-label="Groups; arrow keys move between them"
        onKeyDown={(event) => moveFocus(event, { scroll: true })}
        onFocus={({ target }) => list.current && giveTabStop(list.current, target)}
      >
        <ul>
          {shown.slice(0, (frames + 1) * GROUPS_A_FRAME).map((summary) => (
            <GroupCard key={summary.group} summary={summary} onActor={onActor} />
          ))}
        </ul>
      </section>
    </div>
  );
}

const GroupCard = memo(
  function GroupCard({ summary, onActor }: { summary: Summary; onActor(actor: string): void }) {
    const { group, condition, actor, parts, stickiness, desired, observed, lagMs, saw } = summary;
    return (
      <li>
        <button
          type="button"
          className="group-card"
          tabIndex={-1}
          data-item={group}
          data-condition={condition}
          onClick={() => onActor(actor)}
        >
          <span className="group-name">{group}</span>
          <span className="condition">{CONDITION_NAMES[condition]}</span>
          <span className="facts-line">{parts.join(' · ')}</span>
          <span className="facts-line">
            {stickiness !== undefined && `sticky: ${stickiness} · `}
            generation {desired ?? '–'}
            {observed !== desired && `, router has ${observed ?? '–'}`}
            {lagMs !== undefined &&
              ` · ${lagMs < 10_000 ? `${Math.round(lagMs)} ms` : `${Math.round(lagMs / 1000)} s`}`}
          </span>
          {saw !== undefined && <span className="facts-line saw">{saw}</span>}
        </button>
      </li>
    );
  },
  // Where a click leads is the same function in effect: only what is shown counts.
  (before, after) => before.summary === after.summary,
);
