import type { RuleRecord } from '@limpet/contract';
import { bindsClients } from '../clients/judge.ts';
import type { Operation } from './operations.ts';

/** How an operation may disrupt the clients of its own rule. Any other disruption is a finding. */
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

/** The disruption that an operation may cause. The end of connections to a member that leaves is always allowed. */
export function allowedDisruptionOf({ before, after }: Operation): AllowedDisruption {
  if (!before || !after) return { endsHeld: true, freesClients: true };
  return {
    endsHeld: bindingOf(after) !== 'none' && bindingOf(after) !== bindingOf(before),
    freesClients: before.stickiness.method !== 'none' && before.stickiness.method !== after.stickiness.method,
  };
}
