import type { MachineDescription } from '@limpet/inspection';
import { type KeyboardEvent, useEffect, useMemo, useState } from 'react';
import { useActor, useRun, useRunValue } from '../store/hooks.ts';
import { ChartCanvas } from './chart-canvas.tsx';
import { ChartContext } from './chart-context.ts';
import { ChartPanel } from './chart-panel.tsx';
import type { Chart } from './layout-cache.ts';
import { pageLayouts } from './page-layouts.ts';
import { savePng, saveSvg } from './save-chart.ts';
import { searchMachine } from './search.ts';

/** What the view of charts is given. */
export interface ChartViewProps {
  machine: MachineDescription;
  /** The chosen instance. */
  actor: string | undefined;
  onActor(actor: string | undefined): void;
  onMachine(machine: string): void;
}

/** Narrower than this, charts grow down. */
const NARROW = 700;

/** The statechart of a machine, with the states of one of its instances lit. */
export function ChartView({ machine, actor, onActor, onMachine }: ChartViewProps) {
  const run = useRun();
  const [laidOut, setLaidOut] = useState<Chart>();
  const [selected, setSelected] = useState<string>();
  const [query, setQuery] = useState('');
  const [coverage, setCoverage] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const narrow = useNarrow();
  const chart = useMemo(() => pageLayouts(machine, narrow ? 'DOWN' : 'RIGHT'), [machine, narrow]);
  const found = useMemo(() => searchMachine(machine, query), [machine, query]);
  const state = useActor(actor);

  useEffect(() => {
    let shown = true;
    setSelected(undefined);
    if (chart instanceof Promise)
      void chart.then((next) => {
        if (shown) setLaidOut(next);
      });
    return () => {
      shown = false;
    };
  }, [chart]);

  const context = useMemo(
    () => ({ actor, selected, select: setSelected, found: new Set(found), coverage }),
    [actor, selected, found, coverage],
  );

  const lit = () => ({ states: state?.active ?? new Set<string>(), transitions: new Set(state?.taken) });
  const known = chart instanceof Promise ? laidOut : chart;
  const current = known?.machine === machine ? known : undefined;

  const onSearchKey = ({ key }: KeyboardEvent): void => {
    if (key !== 'Enter' || found.length === 0) return;
    const next = found[(found.indexOf(selected ?? '') + 1) % found.length]!;
    setSelected(next);
    document
      .querySelector<HTMLElement>(`.chart-canvas [data-item="${CSS.escape(next)}"]`)
      ?.focus({ preventScroll: true });
  };

  return (
    <ChartContext value={context}>
      <div className="chart-view">
        <div className="toolbar">
          <label>
            <span>Machine</span>
            <select value={machine.id} onChange={(event) => onMachine(event.target.value)}>
              {run.document.machines.map(({ id }) => (
                <option key={id}>{id}</option>
              ))}
            </select>
          </label>
          <Instances machine={machine.id} actor={actor} onActor={onActor} />
          <label className="search">
            <span>Search</span>
            <input
              type="search"
              value={query}
              placeholder="event, state, guard, action"
              onChange={(event) => setQuery(event.target.value)}
              onKeyDown={onSearchKey}
            />
          </label>
          <output className="found">{query.trim() === '' ? '' : `${found.length} found`}</output>
          <label className="check">
            <input type="checkbox" checked={coverage} onChange={(event) => setCoverage(event.target.checked)} />
            <span>Coverage</span>
          </label>
          {current && (
            <span className="save">
              <button type="button" onClick={() => saveSvg(current, lit())}>
                Save SVG
              </button>
              <button
                type="button"
                onClick={() => savePng(current, lit()).catch((error: unknown) => setTrouble(String(error)))}
              >
                Save PNG
              </button>
            </span>
          )}
        </div>
        {(trouble ?? current?.trouble) && <p className="trouble">{trouble ?? current?.trouble}</p>}
        <div className="chart-and-panel">
          {current ? (
            <ChartCanvas key={`${machine.id} ${narrow}`} chart={current} minimap={!narrow} />
          ) : (
            <p className="chart-canvas waiting">Laying out {machine.id} …</p>
          )}
          <ChartPanel machine={machine} />
        </div>
      </div>
    </ChartContext>
  );
}

function Instances({ machine, actor, onActor }: Pick<ChartViewProps, 'actor' | 'onActor'> & { machine: string }) {
  // The list as a text: one value to compare, however many there are.
  const listed = useRunValue(({ state }) =>
    [...state.values()]
      .filter((each) => each.machine === machine)
      .map(({ id, name }) => `${id}\t${name}`)
      .join('\n'),
  );
  if (listed === '') return null;
  const instances = listed.split('\n').map((line) => line.split('\t') as [string, string]);
  return (
    <label>
      <span>Instance</span>
      <select value={actor ?? ''} onChange={(event) => onActor(event.target.value || undefined)}>
        <option value="">none</option>
        {instances.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => window.innerWidth < NARROW);
  useEffect(() => {
    const query = window.matchMedia(`(max-width: ${NARROW - 1}px)`);
    const listen = (): void => setNarrow(query.matches);
    listen();
    query.addEventListener('change', listen);
    return () => query.removeEventListener('change', listen);
  }, []);
  return narrow;
}
