import type { RuleRecord } from '@limpet/contract';

/** What is done to rules in a storm. */
export const operationKinds = [
  'scaleUp',
  'scaleDown',
  'drain',
  'undrain',
  'weight',
  'maintenance',
  'ready',
  'stickiness',
  'stickinessParameters',
  'lbCookie',
  'appCookie',
  'noCookie',
  'algorithm',
  'addRule',
  'removeRule',
] as const;

/** Kind of an operation of a storm. */
export type OperationKind = (typeof operationKinds)[number];

/** One operation: a rule as it was and as it is to be. */
export interface Operation {
  kind: OperationKind;
  port: number;
  /** Undefined: the rule is new. */
  before: RuleRecord | undefined;
  /** Undefined: the rule goes. */
  after: RuleRecord | undefined;
}
