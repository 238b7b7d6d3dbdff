import type { MachineDescription, StateDescription, TransitionDescription } from '@limpet/inspection';
import { useEffect, useRef } from 'react';
import { useActor, useRun, useRunValue } from '../store/hooks.ts';
import { useChart } from './chart-context.ts';
import { MutantList } from './mutant-list.tsx';
import { mutantsOf } from './mutants.ts';
import { SendForm } from './send-form.tsx';
import { TransitionVerdict } from './transition-verdict.tsx';

/** Beside the chart: what is selected, what the instance is, and every transition as a list. */
export function ChartPanel({ machine }: { machine: MachineDescription }) {
  const { selected, actor, coverage } = useChart();
  const panel = useRef<HTMLElement>(null);
  const state = machine.states.find(({ id }) => id === selected);
  const transition = machine.transitions.find(({ id }) => id === selected);

  useEffect(() => {
    // What is told of it stands at the top, wherever it was selected.
    if (selected !== undefined) panel.current?.scrollTo(0, 0);
  }, [selected]);

  return (
    <aside className="panel" aria-label="Details" ref={panel}>
      {transition ? (
        <TransitionDetails transition={transition} machine={machine} />
      ) : state ? (
        <StateDetails state={state} />
      ) : (
        <p className="hint">Select a state or a transition to read all of it.</p>
      )}
      {actor !== undefined && <InstanceDetails id={actor} />}
      {coverage && <MutantList />}
      <TransitionList machine={machine} />
    </aside>
  );
}

function Facts({ facts }: { facts: readonly (readonly [string, string])[] }) {
  return (
    <dl className="facts">
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function TransitionDetails({
  transition,
  machine,
}: {
  transition: TransitionDescription;
  machine: MachineDescription;
}) {
  const { id, source, targets, trigger, guard, actions, reenter, description } = transition;
  const times = useRunValue((store) => store.coverage.of(machine.id).get(id) ?? 0);
  const { mutants = [] } = useRun().document;
  const changing = mutantsOf(machine, transition, mutants).map(({ name }) => name);
  return (
    <section aria-live="polite">
      <h2>{trigger.name}</h2>
      <Facts
        facts={[
          ['kind', trigger.kind],
          ['from', source],
          ['to', targets.join(', ') || 'the same state'],
          ['guard', guard ?? ''],
          ['actions', actions.map(({ name, command }) => (command ? `${name} (command)` : name)).join(', ')],
          ['re-enters', reenter ? 'yes' : ''],
          ['means', description ?? ''],
          ['taken', `${times} times in this run`],
          ['changed by', changing.join(', ')],
        ]}
      />
      <TransitionVerdict transition={transition} />
      <SendForm key={id} transition={transition} />
    </section>
  );
}

function StateDetails({ state }: { state: StateDescription }) {
  const { id, type, description, tags, entry, exit, invokes, initial } = state;
  const names = (actions: StateDescription['entry']) => actions.map(({ name }) => name).join(', ');
  return (
    <section aria-live="polite">
      <h2>{state.key}</h2>
      <Facts
        facts={[
          ['id', id],
          ['kind', type],
          ['means', description ?? ''],
          ['begins in', initial ?? ''],
          ['tags', tags.join(', ')],
          ['entry', names(entry)],
          ['exit', names(exit)],
          ['invokes', invokes.map(({ src }) => src).join(', ')],
        ]}
      />
    </section>
  );
}

function InstanceDetails({ id }: { id: string }) {
  const actor = useActor(id);
  if (actor === undefined) return null;
  const leaves = [...actor.active].filter((each) => ![...actor.active].some((other) => other.startsWith(`${each}.`)));
  return (
    <section>
      <h2>{actor.name}</h2>
      <Facts
        facts={[
          ['is in', leaves.join(', ')],
          ['status', actor.status === 'active' ? '' : actor.status],
          ['last command', actor.command ?? ''],
          ['last answer', actor.ack ?? ''],
          ['verified', actor.verdict ?? ''],
          ['seen', actor.saw ?? ''],
        ]}
      />
      {actor.context !== undefined && <pre className="context">{JSON.stringify(actor.context, null, 2)}</pre>}
    </section>
  );
}

function TransitionList({ machine }: { machine: MachineDescription }) {
  const { select, found, selected } = useChart();
  const { states, transitions } = machine;
  const keys = new Map(states.map(({ id, key }) => [id, key]));
  const shown = found.size === 0 ? transitions : transitions.filter(({ id }) => found.has(id));
  return (
    <section>
      <h2>
        {shown.length === transitions.length
          ? `${transitions.length} transitions`
          : `${shown.length} of ${transitions.length} transitions`}
      </h2>
      <ul className="transition-list">
        {shown.map(({ id, source, targets, trigger, guard }) => (
          <li key={id}>
            <button type="button" aria-pressed={selected === id} onClick={() => select(id)}>
              <span className="muted">{keys.get(source)}</span> {trigger.name}
              {guard !== undefined && <span className="guard"> [{guard}]</span>}
              <span className="muted"> → {targets.map((target) => keys.get(target)).join(', ') || 'stays'}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
