import { createMonitor, type TraceRecord } from '@limpet/checker';
import { expect, it } from 'vitest';
import { createEntryModel, type EntryStep } from './entry-model.ts';

const { model, view } = createEntryModel();
const heartbeat = { event: 'heartbeat', inForce: true };
const follow = (...events: (EntryStep | TraceRecord)[]) => {
  const monitor = createMonitor(model, view);
  const records = events.map((event) => (typeof event === 'string' ? { event } : event));
  return records.map((record) => monitor.next(record)).find((alarm) => alarm !== undefined);
};

it.each<[string, (EntryStep | TraceRecord)[]]>([
  ['a rule that comes and changes', ['put', 'apply', 'verify', heartbeat, 'put', 'apply', 'verify', heartbeat]],
  ['one that was in force before the router was opened', ['put-again', 'apply', 'verify', heartbeat]],
  ['one that is refused, and served when it can be', ['put', 'refuse', 'retry', 'refuse', 'retry', 'apply', 'verify']],
  ['one that is lost, and comes back', ['put', 'apply', 'verify', 'refuse', 'retry', 'apply', 'verify', heartbeat]],
  ['one that HAProxy lost', ['put', 'apply', 'verify', 'restore', 'verify', heartbeat]],
  ['one that goes, and comes again', ['put', 'apply', 'remove', 'gone', 'gone', 'put-stale', 'put', 'apply', 'verify']],
  ['one that goes, and whose connections end late', ['put', 'apply', 'verify', 'remove', 'gone', 'refuse', 'gone']],
  ['commands that come late and twice', ['put', 'put-stale', 'apply', 'put-again', 'verify', 'put-again', heartbeat]],
  ['an older version that ends while a newer waits', ['put', 'put', 'apply-old', 'verify-old', 'apply', 'verify']],
])('follows %s', (_, events) => {
  expect(follow(...events)).toBeUndefined();
});

it.each<[string, (EntryStep | TraceRecord)[], string[]]>([
  ['verified, and not applied', ['put', 'verify'], ['apply', 'refuse']],
  ['applied twice', ['put', 'apply', 'apply'], ['verify', 'put']],
  ['applied after it was removed', ['put', 'apply', 'remove', 'gone', 'apply'], ['put']],
  ['verified while a newer version waits', ['put', 'apply', 'put', 'verify'], ['apply', 'verify-old']],
  ['reported in force, and not verified', ['put', 'apply', heartbeat], ['verify']],
  ['reported in force, and refused', ['put', 'refuse', heartbeat], ['retry']],
  ['reported in force, and gone', ['put', 'apply', 'verify', 'remove', 'gone', heartbeat], ['put']],
])('does not allow a rule that is %s', (_, events, instead) => {
  const alarm = follow(...events);
  expect(alarm?.line).toBe(events.length);
  expect(alarm?.expected.events).toEqual(expect.arrayContaining(instead));
});
