import type { RuleRecord } from '@limpet/contract';

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
