import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { useFrames } from '../shell/use-frames.ts';
import { useRun, useRunValue } from '../store/hooks.ts';
import { drawTimeline, indexAt, LANE_HEIGHT, TOP } from './draw-timeline.ts';
import { LANES } from './lanes.ts';
import { MessageTable } from './message-table.tsx';

/** So many messages are drawn at once, around the cursor. */
const WINDOWS = [100, 1000, 10_000, Number.POSITIVE_INFINITY] as const;

/**
 * What happened, in lanes; the cursor is moved by pointer or keys, and everything else follows it. Lanes, table and the list of
 * groups are drawn in a frame each.
 */
export function TimelineView({ onActor }: { onActor(actor: string): void }) {
  const run = useRun();
  const [size, setSize] = useState<number>(WINDOWS[1]);
  const [group, setGroup] = useState('');
  const groups = useRunValue(({ state }) =>
    [...new Set([...state.values()].map((actor) => actor.group ?? ''))].filter((each) => each !== '').join('\n'),
  );
  const frames = useFrames(2);
  const canvas = useRef<HTMLCanvasElement>(null);
  const picture = useRef({ from: 0, to: 0, width: 0 });

  useEffect(() => {
    const element = canvas.current!;
    const context = element.getContext('2d')!;
    let frame = 0;
    let drawn = '';
    /** At each frame, but only when something is different: a live run changes hundreds of times a second. */
    const draw = (): void => {
      frame = requestAnimationFrame(draw);
      const { clientWidth: width } = element;
      const style = getComputedStyle(document.documentElement);
      const key = `${run.version} ${width} ${devicePixelRatio} ${style.getPropertyValue('--paper')}`;
      if (key === drawn || width === 0) return;
      drawn = key;
      const { messages, cursor } = run;
      const from = Math.max(0, Math.min(messages.length - size, cursor - Math.floor(size / 2)));
      const to = Math.min(messages.length - 1, from + size - 1);
      const height = TOP + LANES.length * LANE_HEIGHT;
      if (element.width !== Math.round(width * devicePixelRatio)) {
        element.width = Math.round(width * devicePixelRatio);
        element.height = Math.round(height * devicePixelRatio);
      }
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      picture.current = { from, to, width };
      const actors =
        group === ''
          ? undefined
          : new Set([...run.state.values()].filter((actor) => actor.group === group).map(({ id }) => id));
      const colours = new Map<string, string>();
      const colour = (variable: string): string => {
        const known = colours.get(variable) ?? style.getPropertyValue(variable).trim();
        colours.set(variable, known);
        return known;
      };
      drawTimeline(context, { messages, from, to, cursor, width, actors, colour });
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, [run, size, group]);

  const scrub = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (event.buttons === 0) return;
    run.seek(indexAt(event.clientX - event.currentTarget.getBoundingClientRect().left, picture.current));
  };
  const onKey = (event: KeyboardEvent): void => {
    const to = {
      ArrowLeft: run.cursor - 1,
      ArrowRight: run.cursor + 1,
      PageUp: run.cursor - 20,
      PageDown: run.cursor + 20,
      Home: 0,
      End: run.messages.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    run.seek(Math.max(0, to));
  };

  return (
    <div className="timeline-view">
      <div className="toolbar">
        <label>
          <span>Messages</span>
          <select value={size} onChange={(event) => setSize(Number(event.target.value))}>
            {WINDOWS.map((each) => (
              <option key={each} value={each}>
                {Number.isFinite(each) ? `${each.toLocaleString('en')} around the cursor` : 'all'}
              </option>
            ))}
          </select>
        </label>
        {groups !== '' && (
          <label>
            <span>Group</span>
            <select value={group} onChange={(event) => setGroup(event.target.value)}>
              <option value="">all</option>
              {frames > 1 && groups.split('\n').map((each) => <option key={each}>{each}</option>)}
            </select>
          </label>
        )}
      </div>
      <div className="lanes">
        <ul aria-hidden="true">
          {LANES.map(({ name }) => (
            <li key={name}>{name}</li>
          ))}
        </ul>
        <canvas
          ref={canvas}
          tabIndex={0}
          role="img"
          aria-label="Timeline; arrow keys move the cursor, the table below has the messages"
          onPointerDown={scrub}
          onPointerMove={scrub}
          onKeyDown={onKey}
        />
      </div>
      {frames > 0 && <MessageTable onActor={onActor} group={group} />}
    </div>
  );
}
