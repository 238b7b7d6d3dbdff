import type { RuleRecord } from '@limpet/contract';
import { bindsClients } from '../judge.ts';
import type { Operation } from './operation.ts';

/** What an operation may do to the clients of its own rule; nothing else may happen to them, and nothing to any others. */
export interface Demands {
  /** Held connections may be ended: the rule binds its clients from now on, and they may be anywhere. */
  endsHeld: boolean;
  /** Clients are free to go elsewhere from now on. */
  freesClients: boolean;
}

const isSticky = (rule: RuleRecord | undefined): boolean => rule?.stickiness.method === 'SourceBased';

/** How a rule binds its clients: by table, by hash, or not at all. */
const bindingOf = (rule: RuleRecord): 'table' | 'hash' | 'none' => {
  if (isSticky(rule)) return 'table';
  return bindsClients(rule) ? 'hash' : 'none';
};

/** What `operation` demands of the rule's clients. A member that leaves takes its connections along; that goes without saying. */
export function demandsOf({ before, after }: Operation): Demands {
  if (!before || !after) return { endsHeld: true, freesClients: true };
  return {
    endsHeld: bindingOf(after) !== 'none' && bindingOf(after) !== bindingOf(before),
    freesClients: isSticky(before) && !isSticky(after),
  };
}
