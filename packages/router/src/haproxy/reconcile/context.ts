import type { Condition } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import type { ConditionUpdate } from '../../conditions.ts';
import { type DesiredRule, wantedGeneration } from '../../desired.ts';
import { keyOf } from '../../names.ts';
import type { RouterStats } from '../../router.ts';
import type { StatusBoard } from '../../status-board.ts';
import type { PortConflicts } from '../admission/port-conflicts.ts';
import type { RouterPaths } from '../config/paths.ts';
import type { RouterSettings } from '../config/settings.ts';
import type { WorkerSessions } from '../runtime/sessions.ts';
import type { Counters } from '../state/counters.ts';
import type { StateFile, Store } from '../state/state-file.ts';

/** What the parts of a router share. */
export interface RouterContext {
  readonly dataPlane: DataPlane;
  readonly paths: RouterPaths;
  readonly settings: RouterSettings;
  readonly store: Store;
  readonly state: StateFile;
  readonly workerSessions: WorkerSessions;
  readonly counters: Counters;
  readonly board: StatusBoard;
  /** Rules that HAProxy has been given, by id; after a restart, those that were last proved to be in force. */
  programmed: ReadonlyMap<string, DesiredRule>;
  /** Generations that were refused, by rule id; they are not tried again until they change, or are sent again. */
  readonly refused: Map<string, number>;
  /** File descriptors that the machine gives to a process. */
  readonly descriptorLimit: number;
  readonly stats: RouterStats;
  /** By rule id, who listens on its port beside HAProxy, as it was last seen. */
  portConflicts: PortConflicts;
  closed: boolean;
}

/** Makes statements about a rule at `generation`; by default at the one that is wanted of it. */
export const setConditions = (
  context: RouterContext,
  id: string,
  updates: Partial<Record<Condition['type'], ConditionUpdate>>,
  generation = wantedGeneration(context.store.desired, id),
): void => context.board.setConditions(id, keyOf(id), wantedGeneration(context.store.desired, id), generation, updates);
