import type { RuleRecord } from '@limpet/contract';

type Words = readonly (string | number)[];

const checkWords = ({ healthCheck: check }: RuleRecord): Words =>
  check ? ['inter', `${check.intervalMs}ms`, 'rise', check.healthyThreshold, 'fall', check.unhealthyThreshold] : [];

/**
 * What every server of a rule has, in the file as `default-server`, and again in each `add server`, which ignores that
 * (haproxy#1994). `check-send-proxy` is implied by `send-proxy` for servers of the file only: a check of a dynamic server
 * goes without the header (measured on 2.6.12).
 */
export const serverOptions = (rule: RuleRecord): Words => [
  'check',
  ...checkWords(rule),
  ...(rule.protocol === 'tcp-proxy' ? ['send-proxy', 'check-send-proxy'] : []),
];
