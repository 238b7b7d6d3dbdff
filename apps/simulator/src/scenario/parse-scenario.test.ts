import { describe, expect, it } from 'vitest';
import { listScenarios, loadScenario } from './catalogue.ts';
import { parseScenario } from './parse-scenario.ts';

const good = `name: small
title: Small
seed: 1
router:
  publicIps: [10.0.53.2]
groups:
  - name: a
    count: 1
    members: 2
    publicIp: 10.0.53.2
    publicPort: 8100
    privatePort: 80
traffic: { clientsPerRule: 2, connectionsPerClient: 2, heldPerClient: 1 }
deadlineMs: 0
steps:
  - groups: {}
    do:
      - { op: disable }
`;

const problem = (from: string, to: string): string => {
  try {
    parseScenario(good.replace(from, to), 'small.yaml');
  } catch (error) {
    return `${(error as { code: string }).code}: ${(error as Error).message}`;
  }
  throw new Error('was accepted');
};

it('fills in the defaults', () => {
  const scenario = parseScenario(good, 'small.yaml');
  expect(scenario.groups[0]).toMatchObject({ protocol: 'tcp', algorithm: 'roundrobin', stickiness: 'none' });
  expect(scenario.steps[0]).toMatchObject({ repeat: 1 });
});

describe('a mistake is named with its place', () => {
  it.each([
    [
      'count: 1',
      'count: 1\n    stickyness: none',
      'small.yaml:9: groups[0].stickyness: unknown key; did you mean "stickiness"?',
    ],
    [
      'seed: 1',
      'seed: 1\nqqqqqqqq: 2',
      'small.yaml:4: qqqqqqqq: unknown key; known are: name, title, upstream, seed, router, groups, traffic, deadlineMs, graceMs, inServiceMs, steps, workaround',
    ],
    [
      'op: disable',
      'op: change, algoritm: source',
      'small.yaml:18: steps[0].do[0].algoritm: unknown key; did you mean "algorithm"?',
    ],
    [
      'op: disable',
      'op: destroy',
      'small.yaml:18: steps[0].do[0].op: expected disable, enable, change, scale or recreateVms',
    ],
    ['op: disable', 'op: change', 'small.yaml:18: steps[0].do[0]: a change needs stickiness or algorithm'],
    ['op: disable', 'op: scale, by: 0', 'small.yaml:18: steps[0].do[0].by: expected +n or -n'],
    ['count: 1', 'count: many', 'small.yaml:8: groups[0].count: expected number, received string'],
    ['    count: 1\n', '', 'small.yaml:7: groups[0].count: missing; expected number'],
    ['publicIp: 10.0.53.2', 'publicIp: 10.0.53.300', 'small.yaml:10: groups[0].publicIp: Invalid IPv4 address'],
    [
      'publicPort: 8100',
      'publicPort: 81000',
      'small.yaml:11: groups[0].publicPort: Too big: expected number to be <=65535',
    ],
    ['name: a', 'name: "a b"', 'small.yaml:7: groups[0].name: expected letters, digits and dashes'],
    ['router:', 'router: [', 'small.yaml: '],
  ])('%s -> %s', (from, to, message) => {
    expect(problem(from, to)).toContain(`SCENARIO_INVALID: ${message}`);
  });

  it('says that a file is empty', () => {
    expect(() => parseScenario('', 'empty.yaml')).toThrow('empty.yaml: (top): expected object');
  });
});

it('ships scenarios that are valid', async () => {
  for (const name of await listScenarios()) expect((await loadScenario(name)).name).toBe(name);
});

it('says which scenarios there are', async () => {
  await expect(loadScenario('cloudstack-9538')).rejects.toMatchObject({
    code: 'SCENARIO_NOT_FOUND',
    message:
      'no scenario and no readable file called cloudstack-9538; did you mean cloudstack-9583? (shipped: cloudstack-9583, held-connections, scale-storm)',
  });
});
