import { cookieValue } from '@limpet/cloudstack';
import type { RuleRecord } from '@limpet/contract';
import type { ServerSpec } from './proxy-spec.ts';

type Words = readonly (string | number)[];

const checkWords = ({ healthCheck: check }: RuleRecord): Words =>
  check
    ? [
        ...['inter', `${check.intervalMs}ms`, 'rise', check.healthyThreshold, 'fall', check.unhealthyThreshold],
        ...(check.port === undefined ? [] : ['port', check.port]),
        ...(check.tls ? ['check-ssl', 'verify', 'none'] : []),
      ]
    : [];

/**
 * Options of every server of a rule: in the file as `default-server`, and again in each `add server`, which ignores
 * `default-server` (haproxy#1994). `send-proxy` implies `check-send-proxy` for servers of the file only: without it,
 * checks of a dynamic server lack the header (measured on 2.6.12).
 */
export const serverOptions = (rule: RuleRecord): Words => [
  'check',
  ...checkWords(rule),
  ...(rule.protocol === 'tcp-proxy' ? ['send-proxy', 'check-send-proxy'] : []),
];

/** CloudStack's value, so that clients keep theirs when Limpet takes over, and when CloudStack does again. */
export const cookieWords = ({ stickiness }: RuleRecord, server: ServerSpec): Words =>
  stickiness.method === 'LbCookie' ? ['cookie', cookieValue(server)] : [];
