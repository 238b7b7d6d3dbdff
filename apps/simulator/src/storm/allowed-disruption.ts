import type { RuleRecord } from '@limpet/contract';
import { bindsClients } from '../clients/judge.ts';
import type { Operation } from './operations.ts';

/** What an operation may do to the clients of its own rule; nothing else may happen to them, and nothing to any others. */
export interface AllowedDisruption {
  /** Held connections may be ended: the rule binds its clients from now on, and they may be anywhere. */
  endsHeld: boolean;
  /** Clients are free to go elsewhere from now on. */
  freesClients: boolean;
}

/** How a rule binds connections to members: by table, by hash, or not at all. Cookies bind requests. */
const bindingOf = (rule: RuleRecord): 'table' | 'hash' | 'none' => {
  if (rule.stickiness.method === 'SourceBased') return 'table';
  return bindsClients(rule) ? 'hash' : 'none';
};

/** What `operation` demands of the rule's clients. A member that leaves takes its connections along; that goes without saying. */
export function allowedDisruptionOf({ before, after }: Operation): AllowedDisruption {
  if (!before || !after) return { endsHeld: true, freesClients: true };
  return {
    endsHeld: bindingOf(after) !== 'none' && bindingOf(after) !== bindingOf(before),
    freesClients: before.stickiness.method !== 'none' && before.stickiness.method !== after.stickiness.method,
  };
}
