import type { RunStore } from '../store/run-store.ts';

/** The views, by the name in the page's address. */
export const VIEWS = {
  chart: 'Statechart',
  timeline: 'Timeline',
  fleet: 'Fleet',
  steps: 'Steps',
  router: 'Router',
} as const;

/** A view's name in the page's address. */
export type View = keyof typeof VIEWS;

/** The views that have something to show of a run. */
export function viewsOf({ messages, document }: RunStore): View[] {
  const views: View[] = [];
  if (document.machines.length > 0) views.push('chart');
  if (messages.length > 0) views.push('timeline');
  if (messages.some(({ kind }) => kind === 'step')) views.push('steps');
  if (messages.some((message) => message.kind === 'actor' && message.group !== undefined)) views.push('fleet');
  if (messages.some(({ kind }) => kind === 'ack')) views.push('router');
  return views;
}
