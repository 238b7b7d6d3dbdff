import type { RuleRecord } from '@limpet/contract';

/**
 * HAProxy's `mode` for a rule. Cookies need HTTP mode; and what is decrypted is HTTP, whose members want to know that it
 * came by TLS. Both as in CloudStack (HAProxyConfigurator).
 */
export const modeOf = ({ protocol, stickiness }: RuleRecord): 'tcp' | 'http' =>
  protocol === 'http' || protocol === 'ssl' || stickiness.method === 'LbCookie' || stickiness.method === 'AppCookie'
    ? 'http'
    : 'tcp';
