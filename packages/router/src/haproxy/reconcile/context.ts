import type { Condition } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import type { Capabilities } from '@limpet/haproxy';
import type { ConditionUpdate } from '../../conditions.ts';
import { wantedGeneration } from '../../desired.ts';
import { keyOf } from '../../names.ts';
import type { StatusBoard } from '../../status-board.ts';
import type { RouterPaths } from '../config/paths.ts';
import type { RouterSettings } from '../config/settings.ts';
import type { BlockadeFinder } from '../firewall/blockades.ts';
import type { WorkerSessions } from '../runtime/sessions.ts';
import type { Counters } from '../state/counters.ts';
import type { StoredState } from '../state/stored-state.ts';
import type { RouterActivity } from './activity.ts';
import type { RouterState } from './router-state.ts';
import type { RuleTrace } from './rule-trace.ts';

/** What the parts of a router share. Nothing in it is reassigned; what changes is in `state`, which says who may write it. */
export interface RouterContext {
  readonly dataPlane: DataPlane;
  readonly paths: RouterPaths;
  readonly settings: RouterSettings;
  /** What the HAProxy can do that was installed when the router was opened. */
  readonly haproxy: Capabilities;
  readonly state: RouterState;
  /** Where `state.store` is kept over a restart. */
  readonly storedState: StoredState;
  readonly workerSessions: WorkerSessions;
  readonly counters: Counters;
  readonly blockadeFinder: BlockadeFinder;
  readonly board: StatusBoard;
  /** File descriptors that the host gives to a process. */
  readonly descriptorLimit: number;
  readonly activity: RouterActivity;
  readonly trace: RuleTrace;
}

/** Sets conditions of a rule at `generation`; by default at the one that is wanted of it. */
export function setConditions(
  { board, state }: Pick<RouterContext, 'board' | 'state'>,
  id: string,
  updates: Partial<Record<Condition['type'], ConditionUpdate>>,
  generation = wantedGeneration(state.store.desired, id),
): void {
  board.setConditions(id, keyOf(id), wantedGeneration(state.store.desired, id), generation, updates);
}
