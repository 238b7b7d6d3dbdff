import { useEffect, useState } from 'react';
import { useRun, useRunValue } from '../store/hooks.ts';
import { describeMessage } from './describe-message.ts';
import { formatTime } from './format-time.ts';

/** Milliseconds between two messages when a run is played. */
const PLAY_MS = 250;

/** The moment that all views show, and the way to another one. */
export function CursorBar() {
  const run = useRun();
  useRunValue((store) => store.version);
  const [playing, setPlaying] = useState(false);
  const { messages, cursor, following, lost } = run;
  const last = messages.length - 1;

  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => {
      if (run.cursor >= run.messages.length - 1) setPlaying(false);
      else run.seek(run.cursor + 1);
    }, PLAY_MS);
    return () => clearInterval(timer);
  }, [playing, run]);

  if (messages.length === 0) return null;
  const message = messages[cursor];
  const actor = message && 'actor' in message && message.actor !== undefined ? run.actor(message.actor) : undefined;
  const text = message === undefined ? 'before the first message' : describeMessage(message);
  return (
    <footer className="cursor-bar">
      <div className="cursor-buttons">
        <button type="button" aria-label="To the beginning" onClick={() => run.seek(-1)} disabled={cursor < 0}>
          |◀
        </button>
        <button type="button" aria-label="Back one message" onClick={() => run.seek(cursor - 1)} disabled={cursor < 0}>
          ◀
        </button>
        <button type="button" onClick={() => setPlaying(!playing)}>
          {playing ? 'Pause' : 'Play'}
        </button>
        <button
          type="button"
          aria-label="On one message"
          onClick={() => run.seek(cursor + 1)}
          disabled={cursor >= last}
        >
          ▶
        </button>
        <button type="button" aria-label="To the end" onClick={() => run.follow()} disabled={following}>
          ▶|
        </button>
      </div>
      <input
        type="range"
        aria-label="Message"
        min={-1}
        max={last}
        value={cursor}
        aria-valuetext={`message ${cursor + 1} of ${last + 1}, ${text}`}
        onChange={(event) => run.seek(Number(event.target.value))}
      />
      <p className="cursor-text">
        <span className="muted">
          {cursor + 1} of {last + 1}
          {message === undefined ? '' : ` · ${formatTime(message.at, messages[0]!.at)}`}
          {lost > 0 ? ` · ${lost} older ones dropped` : ''}
        </span>{' '}
        {actor !== undefined && <strong>{actor.name} </strong>}
        {text}
      </p>
    </footer>
  );
}
