import type { RuleRecord } from '@limpet/contract';

/** HAProxy's `mode` for a rule: cookies need HTTP mode, as in CloudStack (HAProxyConfigurator). */
export const modeOf = ({ protocol, stickiness }: RuleRecord): 'tcp' | 'http' =>
  protocol === 'http' || stickiness.method === 'LbCookie' || stickiness.method === 'AppCookie' ? 'http' : 'tcp';
