/**
 * A cell: one group with its rule, its members, what the router has for the rule, and what is in flight about it.
 *
 * Cells meet only on the router, so the whole system is some cells and a router; each is explored once, alone.
 *
 * @module
 */
import type { GroupState } from '@limpet/model';
import type { TracedChannel } from '../composition/content.ts';

/** The state of a cell. Every field is plain data, and cells are never changed in place. */
export interface Cell extends GroupState, TracedChannel {}
