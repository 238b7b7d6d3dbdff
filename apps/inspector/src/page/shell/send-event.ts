import { createContext } from 'react';

/** Sends an event to an actor. @throws Error with what the server says */
export type Send = (actor: string, event: { type: string }) => Promise<void>;

/** How events are sent; undefined where a run is only looked at. */
export const SendContext = createContext<Send | undefined>(undefined);

/** Sends an event to an actor that the page's server plays. @throws Error with what the server says */
export const sendEvent: Send = async (actor, event) => {
  const answer = await fetch('send', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ actor, event }),
  });
  if (!answer.ok) throw new Error((await answer.text()).trim() || `the server says ${answer.status}`);
};
