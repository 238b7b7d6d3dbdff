import { useRun, useRunValue } from '../store/hooks.ts';
import { toldByRun } from './mutants.ts';

/** Which known mistakes a run can tell, as it has taken a step that they change. */
export function MutantList() {
  const run = useRun();
  const { machines, mutants = [] } = run.document;
  const names = useRunValue(({ coverage }) =>
    toldByRun(machines, mutants, (machine, transition) => coverage.of(machine).get(transition) ?? 0)
      .told.map(({ name }) => name)
      .join('\n'),
  );
  if (mutants.length === 0) return null;
  const told = new Set(names.split('\n'));
  return (
    <section aria-label="Mutants">
      <h2>
        {mutants.filter(({ name }) => told.has(name)).length} of {mutants.length} mutants could be told by this run
      </h2>
      <ul className="mutant-list">
        {mutants.map(({ name, means }) => (
          <li key={name} data-told={told.has(name) || undefined}>
            <strong>{name}</strong> <span className="muted">{told.has(name) ? 'taken' : 'never taken'}:</span> {means}
          </li>
        ))}
      </ul>
    </section>
  );
}
