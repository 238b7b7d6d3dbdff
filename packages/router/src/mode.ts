import type { RuleRecord } from '@limpet/contract';

/** HAProxy's `mode` for a rule: cookies can be read in HTTP only, as CloudStack has it too (HAProxyConfigurator). */
export const modeOf = ({ protocol, stickiness }: RuleRecord): 'tcp' | 'http' =>
  protocol === 'http' || stickiness.method === 'LbCookie' || stickiness.method === 'AppCookie' ? 'http' : 'tcp';
