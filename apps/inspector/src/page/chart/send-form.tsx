import type { TransitionDescription } from '@limpet/inspection';
import { type FormEvent, useContext, useState } from 'react';
import { SendContext } from '../shell/send-event.ts';
import { useActor } from '../store/hooks.ts';
import { useChart } from './chart-context.ts';

/** What can be sent: also what XState would send itself, when time has passed or an actor has ended. */
const SENDABLE: readonly string[] = ['event', 'after', 'done', 'error'];

/** A button that sends the event of a transition, where machines are played. */
export function SendForm({ transition }: { transition: TransitionDescription }) {
  const { actor } = useChart();
  const send = useContext(SendContext);
  const state = useActor(actor);
  const [payload, setPayload] = useState('');
  const [trouble, setTrouble] = useState('');
  const { trigger } = transition;
  if (send === undefined || actor === undefined || state === undefined || !SENDABLE.includes(trigger.kind)) return null;

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    try {
      const more: unknown = payload.trim() === '' ? {} : JSON.parse(payload);
      if (typeof more !== 'object' || more === null || Array.isArray(more)) throw new Error('the payload is no object');
      await send(actor, { ...more, type: trigger.type });
      setTrouble('');
    } catch (error) {
      setTrouble(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form className="send-form" onSubmit={(event) => void submit(event)}>
      <label>
        <span>Payload</span>
        <input
          value={payload}
          placeholder='{"key": 1}, or nothing'
          onChange={(event) => setPayload(event.target.value)}
        />
      </label>
      <button type="submit">Send {trigger.name}</button>
      {trouble !== '' && (
        <p className="trouble" role="alert">
          {trouble}
        </p>
      )}
    </form>
  );
}
