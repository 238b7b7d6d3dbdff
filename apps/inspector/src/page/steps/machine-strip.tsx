import type { MachineDescription } from '@limpet/inspection';
import { useActor } from '../store/hooks.ts';

/** A machine in a line: its innermost states, the active ones lit, and the one that was left marked. */
export function MachineStrip({
  machine,
  actor,
  before,
}: {
  machine: MachineDescription;
  actor: string;
  before: ReadonlySet<string>;
}) {
  const state = useActor(actor);
  const leaves = machine.states.filter(({ id }) => !machine.states.some(({ parent }) => parent === id));
  return (
    <div className="strip">
      <span className="strip-name">{state?.name ?? actor}</span>
      <ul>
        {leaves.map(({ id, key }) => {
          const [is, was] = [state?.active.has(id) ?? false, before.has(id)];
          return (
            <li
              key={id}
              data-active={is || undefined}
              data-entered={(is && !was) || undefined}
              data-left={(was && !is) || undefined}
            >
              {key}
              <span className="hidden">{is ? (was ? ' (here)' : ' (entered)') : was ? ' (left)' : ''}</span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
