import type { RuleRecord } from '@limpet/contract';
import type { Word } from '@limpet/haproxy';
import { modeOf } from '../../mode.ts';

/**
 * Tells members of an HTTP rule who the client is and how it came, in place of what the client says of itself.
 * (CloudStack's `option forwardfor` adds to what the client says, and most applications believe the first address.)
 */
export const clientHeaderLines = (rule: RuleRecord): readonly (readonly Word[])[] => {
  if (modeOf(rule) !== 'http') return [];
  const scheme = rule.protocol === 'ssl' ? 'https' : 'http';
  return [
    ['http-request', 'set-header', 'X-Forwarded-For', { quoted: '%[src]' }],
    ['http-request', 'set-header', 'X-Forwarded-Proto', scheme],
    ...(rule.forwarded ? [['http-request', 'set-header', 'Forwarded', { quoted: `for=%[src];proto=${scheme}` }]] : []),
  ];
};
