import { useEffect, useMemo, useRef } from 'react';
import { useRun, useRunValue } from '../store/hooks.ts';
import { takeMessage } from '../store/run-state.ts';
import { ChangedWords } from './changed-words.tsx';
import { MachineStrip } from './machine-strip.tsx';
import { byPlace, lanesAfter, stepsOf } from './steps-of.ts';

/** A path, such as a counterexample, step by step: what is done, and what is different after it. */
export function StepsView({ onActor }: { onActor(actor: string): void }) {
  const run = useRun();
  const count = useRunValue(({ messages }) => messages.length);
  const cursor = useRunValue((store) => store.cursor);
  const steps = useMemo(() => stepsOf(run.messages.slice(0, count)), [run, count]);
  const { initial = {}, loopsFrom, machines } = run.document;
  const number = steps.filter(({ start }) => start <= cursor).length;
  const current = useRef<HTMLButtonElement>(null);
  const lanes = lanesAfter(initial, steps, number);
  const actors = useRunValue(({ state }) =>
    [...state.values()]
      .sort((one, other) => byPlace(one.name, other.name))
      .map(({ id, machine }) => `${id}\t${machine}`)
      .join('\n'),
  );
  const before = useMemo(() => activeAt(run, (steps[Math.max(0, number - 1)]?.start ?? 0) - 1), [run, steps, number]);

  useEffect(() => {
    if (number > 0) current.current?.scrollIntoView({ block: 'nearest' });
  }, [number]);

  const go = (to: number): void => run.seek(to === 0 ? steps[0]!.start - 1 : steps[to - 1]!.end);

  return (
    <div className="steps-view">
      <section className="step-list" aria-label="Steps">
        <div className="toolbar">
          <button type="button" onClick={() => go(number - 1)} disabled={number === 0}>
            Previous step
          </button>
          <button type="button" onClick={() => go(number + 1)} disabled={number === steps.length}>
            Next step
          </button>
          <output className="found">
            step {number} of {steps.length}
          </output>
        </div>
        <ol>
          {steps.map((step) => (
            <li key={step.number} data-loop={loopsFrom !== undefined && step.number > loopsFrom ? '' : undefined}>
              <button
                type="button"
                ref={step.number === number ? current : undefined}
                aria-current={step.number === number ? 'step' : undefined}
                onClick={() => go(step.number)}
              >
                <span className="step-number">{step.number}</span> <span className="lane">{step.lane}</span> {step.text}
              </button>
            </li>
          ))}
        </ol>
        {loopsFrom !== undefined && <p className="hint">The steps from {loopsFrom + 1} on are repeated for ever.</p>}
      </section>
      <section className="step-after" aria-label={number === 0 ? 'Before the first step' : `After step ${number}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">lane</th>
              <th scope="col">before</th>
              <th scope="col">after step {number}</th>
            </tr>
          </thead>
          <tbody>
            {lanes.map(({ lane, before: was, now, changed }) => (
              <tr key={lane} data-changed={changed || undefined}>
                <th scope="row">{lane}</th>
                <td>{changed ? was || '–' : ''}</td>
                <td>{changed && now !== '' ? <ChangedWords before={was} now={now} /> : now || '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <div className="strips">
          {actors === ''
            ? null
            : actors.split('\n').map((line) => {
                const [id = '', machineId] = line.split('\t');
                const machine = machines.find((each) => each.id === machineId);
                return (
                  machine && (
                    <MachineStrip
                      key={id}
                      machine={machine}
                      actor={id}
                      before={before.get(id) ?? NONE}
                      onActor={onActor}
                    />
                  )
                );
              })}
        </div>
      </section>
    </div>
  );
}

const NONE: ReadonlySet<string> = new Set();

/** What was active after the messages up to an index. */
function activeAt({ messages }: ReturnType<typeof useRun>, index: number): Map<string, ReadonlySet<string>> {
  const state = new Map();
  for (const message of messages.slice(0, index + 1)) takeMessage(state, message);
  return new Map([...state].map(([id, { active }]) => [id, active]));
}
