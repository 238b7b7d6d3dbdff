import type { Changes } from '@limpet/operations';
import { renderSize, renderTime } from '@limpet/operations';
import type { FieldChange } from '@limpet/router';

interface FileField {
  name: string;
  value: (value: unknown) => unknown;
}

const as = (name: string, render?: (value: number) => string): FileField => ({
  name,
  value: (value) => (render !== undefined && typeof value === 'number' ? render(value) : value),
});
const renderSeconds = (seconds: number): string => renderTime(seconds * 1000);

/**
 * Fields of a rule's record that a rules file names or writes differently: CloudStack's names, and times with their
 * unit.
 */
const FILE_FIELDS: Readonly<Record<string, FileField>> = {
  'stickiness.tableSize': as('stickiness.tablesize', renderSize),
  'stickiness.expireSeconds': as('stickiness.expire', renderSeconds),
  'stickiness.cookieName': as('stickiness.cookie-name'),
  'stickiness.domains': as('stickiness.domain'),
  'stickiness.holdTimeSeconds': as('stickiness.holdtime', renderSeconds),
  'stickiness.requestLearn': as('stickiness.request-learn'),
  'timeouts.connectMs': as('timeouts.connect', renderTime),
  'timeouts.clientMs': as('timeouts.client', renderTime),
  'timeouts.serverMs': as('timeouts.server', renderTime),
  'healthCheck.intervalMs': as('healthCheck.interval', renderTime),
  'healthCheck.timeoutMs': as('healthCheck.timeout', renderTime),
};

/** The changes with the names and the units of a rules file. */
export const withFileFieldNames = <C extends Pick<Changes, 'rules' | 'settings'>>(changes: C): C => ({
  ...changes,
  settings: changes.settings.map(withFileFieldName),
  rules: changes.rules.map((rule) => ({ ...rule, changes: rule.changes.map(withFileFieldName) })),
});

function withFileFieldName(change: FieldChange): FieldChange {
  const written = FILE_FIELDS[change.field];
  if (written === undefined) return change;
  return { field: written.name, from: written.value(change.from), to: written.value(change.to) };
}

/** A router's message, in which fields have their names of a rules file. */
export const messageWithFileFieldNames = (message: string): string =>
  Object.entries(FILE_FIELDS).reduce((text, [field, { name }]) => text.replaceAll(field, name), message);
