import { resolve } from 'node:path';
import { findAgent } from '@limpet/agent/client';
import { type Changes, changesTo, inspectLocalRouter, localRouter, type Source } from '@limpet/operations';
import type { RouterSnapshot } from '@limpet/router';
import type { Context } from '../context.ts';
import { forThisRouter, tellNotCarriedOut } from './for-this-router.ts';

/** What an apply would change. */
export interface PlannedChanges {
  changes: Changes;
  /** What is desired, as this router can have it. */
  source: Source;
  /** The router as it was read; undefined when an agent was asked. */
  snapshot?: RouterSnapshot;
  /** The router's folder. */
  dir: string;
}

/**
 * Compares what is desired with the router: the agent that drives it is asked, or it is read from outside.
 *
 * @param fromOutside it is read from outside in any case
 */
export async function planChanges(
  read: Source,
  flags: { dir: string },
  context: Context,
  fromOutside = false,
): Promise<PlannedChanges> {
  const agent = fromOutside ? undefined : await findAgent(resolve(flags.dir));
  if (agent) {
    const { notCarriedOut, ...changes } = await agent.plan(read);
    tellNotCarriedOut(notCarriedOut, context);
    return { changes, source: { ...read, notCarriedOut: [...notCarriedOut] }, dir: resolve(flags.dir) };
  }
  const location = localRouter(flags.dir, context.exec);
  const snapshot = await inspectLocalRouter(location, read.rules);
  const source = forThisRouter(read, snapshot, context);
  return { changes: changesTo(source, snapshot, location.dir), source, snapshot, dir: location.dir };
}
