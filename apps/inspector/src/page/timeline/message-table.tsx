import type { Message } from '@limpet/inspection';
import { memo } from 'react';
import { describeMessage } from '../shell/describe-message.ts';
import { formatTime } from '../shell/format-time.ts';
import { useRun, useRunValue } from '../store/hooks.ts';
import { isBad } from './draw-timeline.ts';

/** Rows before and after the cursor. */
const AROUND = 12;

/** The messages around the cursor as a table, for reading, the keyboard and screen readers. */
export function MessageTable({ onActor, group }: { onActor(actor: string): void; group: string }) {
  const run = useRun();
  useRunValue((store) => store.version);
  const { messages, cursor } = run;
  const seek = (seq: number): void => run.seek(run.messages.findIndex((message) => message.seq === seq));
  const shown = messagesAround(cursor, AROUND, messages.length, (index) => {
    const message = messages[index]!;
    if (group === '') return true;
    return 'actor' in message && message.actor !== undefined && run.actor(message.actor)?.group === group;
  });
  return (
    <section className="message-table" aria-label="Messages around the cursor">
      <table>
        <thead>
          <tr>
            <th scope="col">No.</th>
            <th scope="col">Time</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((index) => {
            const message = messages[index]!;
            const id = 'actor' in message ? message.actor : undefined;
            return (
              <MessageRow
                key={message.seq}
                message={message}
                actor={id}
                name={id === undefined ? '' : (run.actor(id)?.name ?? id)}
                began={messages[0]!.at}
                current={index === cursor}
                onSeek={seek}
                onActor={onActor}
              />
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

interface MessageRowProps {
  message: Message;
  actor: string | undefined;
  name: string;
  began: number;
  current: boolean;
  /** Goes to the message with this number. */
  onSeek(seq: number): void;
  onActor(actor: string): void;
}

/** A live run changes the list hundreds of times a second, and a row of it hardly ever. */
const MessageRow = memo(
  function MessageRow({ message, actor, name, began, current, onSeek, onActor }: MessageRowProps) {
    return (
      <tr aria-current={current || undefined} data-bad={isBad(message) || undefined}>
        <td>
          <button type="button" aria-label={`Go to message ${message.seq}`} onClick={() => onSeek(message.seq)}>
            {message.seq}
          </button>
        </td>
        <td>{formatTime(message.at, began)}</td>
        <td>
          {actor !== undefined && (
            <button type="button" onClick={() => onActor(actor)}>
              {name}
            </button>
          )}
        </td>
        <td>{describeMessage(message)}</td>
      </tr>
    );
  },
  (before, after) =>
    before.message === after.message &&
    before.name === after.name &&
    before.began === after.began &&
    before.current === after.current,
);

/** The indices nearest to the cursor on both sides of it that pass. */
export function messagesAround(
  cursor: number,
  around: number,
  count: number,
  pass: (index: number) => boolean,
): number[] {
  const before: number[] = [];
  for (let index = Math.min(cursor, count - 1); index >= 0 && before.length <= around; index--)
    if (pass(index)) before.unshift(index);
  const after: number[] = [];
  for (let index = cursor + 1; index < count && after.length < around; index++) if (pass(index)) after.push(index);
  return [...before, ...after];
}
