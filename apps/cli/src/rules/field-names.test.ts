import { parseRules } from '@limpet/operations';
import { expect, it } from 'vitest';
import { messageWithFileFieldNames, withFileFieldNames } from './field-names.ts';

const changes = [
  { field: 'stickiness.tableSize', from: null, to: 204_800 },
  { field: 'stickiness.expireSeconds', from: 60, to: 1800 },
  { field: 'healthCheck.timeoutMs', from: 1500, to: 2000 },
  { field: 'algorithm', from: 'roundrobin', to: 'source' },
];

it('names fields and writes values as a rules file does', () => {
  const rule = { rule: '10.0.0.1:80', action: 'update' as const, changes, steps: [], reload: null, disturbs: [] };
  expect(withFileFieldNames({ rules: [rule], settings: [] }).rules[0]!.changes).toEqual([
    { field: 'stickiness.tablesize', from: null, to: '200k' },
    { field: 'stickiness.expire', from: '1m', to: '30m' },
    { field: 'healthCheck.timeout', from: '1500ms', to: '2s' },
    { field: 'algorithm', from: 'roundrobin', to: 'source' },
  ]);
});

it('gives the names that the file has for them', () => {
  const said = messageWithFileFieldNames('stickiness.tableSize: all stick tables together could take 1 byte');
  expect(said).toBe('stickiness.tablesize: all stick tables together could take 1 byte');
  const {
    rules: [rule],
  } = parseRules(
    'rules: [{ ip: 10.0.0.1, port: 80, stickiness: { method: SourceBased, tablesize: 200k } }]',
    'rules.yaml',
  );
  expect(rule!.stickiness).toMatchObject({ tableSize: 204_800 });
});
