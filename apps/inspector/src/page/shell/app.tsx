import type { RunKind } from '@limpet/inspection';
import { useEffect, useMemo, useState } from 'react';
import { ChartView } from '../chart/chart-view.tsx';
import { RunContext, useRun, useRunValue } from '../store/hooks.ts';
import type { RunStore } from '../store/run-store.ts';
import { CursorBar } from './cursor-bar.tsx';
import { LaterView, loadViews } from './later-view.tsx';
import { type Connection, followFeed } from './live-feed.ts';
import { SendContext, sendEvent } from './send-event.ts';
import { Tabs } from './tabs.tsx';
import { ThemeButton } from './theme-button.tsx';
import { type View, viewsOf } from './views.ts';

/** Milliseconds after which the first view is drawn, most often, and the scripts of the others may come. */
const LATER_MS = 500;

/** The whole page on one run. */
export function App({ store, kind }: { store: RunStore; kind: RunKind }) {
  return (
    <RunContext value={store}>
      <SendContext value={kind === 'played' ? sendEvent : undefined}>
        <Page kind={kind} />
      </SendContext>
    </RunContext>
  );
}

function Page({ kind }: { kind: RunKind }) {
  const live = kind !== 'recorded';
  const run = useRun();
  const listed = useRunValue((store) => viewsOf(store).join());
  const views = useMemo(() => listed.split(',') as View[], [listed]);
  const [chosen, setChosen] = useState<View>();
  const [connection, setConnection] = useState<Connection>('live');
  const [machineId, setMachineId] = useState(run.document.machines[0]?.id);
  const [actors, setActors] = useState<Readonly<Record<string, string | undefined>>>({});
  const view = chosen !== undefined && views.includes(chosen) ? chosen : views[0];
  const machine = run.document.machines.find(({ id }) => id === machineId);
  const first = useRunValue(({ state }) => [...state.values()].find((each) => each.machine === machineId)?.id);

  useEffect(() => (live ? followFeed('feed', run, setConnection) : undefined), [live, run]);

  /** Shows an instance in its statechart. */
  const show = (actor: string): void => {
    const { machine: of } = run.actor(actor) ?? {};
    if (of === undefined || !run.document.machines.some(({ id }) => id === of)) return;
    setMachineId(of);
    setActors((before) => ({ ...before, [of]: actor }));
    setChosen('chart');
  };

  useEffect(() => {
    const timer = setTimeout(loadViews, LATER_MS);
    return () => clearTimeout(timer);
  }, []);

  const { title, notes } = run.document;
  return (
    <div className="page">
      <header className="top">
        <h1>
          <span className="brand">Limpet</span> <span className="title">{title}</span>
        </h1>
        {live && (
          <span className="connection" data-connection={connection} role="status">
            {connection === 'live' ? 'live' : 'connection lost, trying again'}
          </span>
        )}
        <ThemeButton />
      </header>
      <main>
        {notes.length > 0 && (
          <div className="notes">
            {notes.map((note) => (
              <p key={note}>{note}</p>
            ))}
          </div>
        )}
        <Tabs views={views} view={view} onView={setChosen} />
        <div className="view" id="view" role="tabpanel" aria-labelledby={`tab-${view}`}>
          {view === 'chart' && machine && (
            <ChartView
              machine={machine}
              actor={machine.id in actors ? actors[machine.id] : first}
              onActor={(actor) => setActors({ ...actors, [machine.id]: actor })}
              onMachine={setMachineId}
            />
          )}
          {view !== undefined && view !== 'chart' && (
            <LaterView key={view} name={view} onActor={show} onAgent={kind === 'agent'} />
          )}
        </div>
      </main>
      <CursorBar />
    </div>
  );
}
