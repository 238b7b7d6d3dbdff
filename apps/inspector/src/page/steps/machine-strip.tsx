import type { MachineDescription } from '@limpet/inspection';
import { useActor } from '../store/hooks.ts';

/** A machine in a line: its innermost states, the active ones lit, and the one that was left marked. */
export function MachineStrip({
  machine,
  actor,
  before,
  onActor,
}: {
  machine: MachineDescription;
  actor: string;
  before: ReadonlySet<string>;
  onActor(actor: string): void;
}) {
  const state = useActor(actor);
  /** Where a path does not say what a machine is, it has left nothing. */
  const isKnown = (state?.active.size ?? 0) > 1;
  const leaves = machine.states.filter(({ id }) => !machine.states.some(({ parent }) => parent === id));
  return (
    <div className="strip">
      <button type="button" className="strip-name" onClick={() => onActor(actor)}>
        {state?.name ?? actor}
      </button>
      <ul>
        {leaves.map(({ id, key }) => {
          const [is, was] = [state?.active.has(id) ?? false, before.has(id)];
          return (
            <li
              key={id}
              data-active={is || undefined}
              data-entered={(is && !was) || undefined}
              data-left={(was && !is && isKnown) || undefined}
            >
              {key}
              <span className="hidden">{is ? (was ? ' (here)' : ' (entered)') : was && isKnown ? ' (left)' : ''}</span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
