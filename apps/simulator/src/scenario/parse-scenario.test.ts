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
      'small.yaml:9:5: groups[0].stickyness: unknown key; did you mean stickiness?',
    ],
    [
      'seed: 1',
      'seed: 1\nqqqqqqqq: 2',
      'small.yaml:4:1: qqqqqqqq: unknown key; known are name, title, upstream, seed, router, groups, traffic, deadlineMs, graceMs, inServiceMs, steps, workaround',
    ],
    [
      'op: disable',
      'op: change, algoritm: source',
      'small.yaml:18:23: steps[0].do[0].algoritm: unknown key; did you mean algorithm?',
    ],
    [
      'op: disable',
      'op: destroy',
      'small.yaml:18:15: steps[0].do[0].op: expected one of "disable", "enable", "change", "scale", "recreateVms", got "destroy"',
    ],
    ['op: disable', 'op: change', 'small.yaml:18:9: steps[0].do[0]: a change needs stickiness or algorithm'],
    ['op: disable', 'op: scale, by: 0', 'small.yaml:18:26: steps[0].do[0].by: expected +n or -n'],
    ['count: 1', 'count: many', 'small.yaml:8:12: groups[0].count: expected an integer, got "many"'],
    ['    count: 1\n', '', 'small.yaml:7:5: groups[0].count: expected an integer, but it is missing'],
    [
      'publicIp: 10.0.53.2',
      'publicIp: 10.0.53.300',
      'small.yaml:10:15: groups[0].publicIp: expected an IPv4 address, got "10.0.53.300"',
    ],
    [
      'publicPort: 8100',
      'publicPort: 81000',
      'small.yaml:11:17: groups[0].publicPort: expected at most 65535, got 81000',
    ],
    ['name: a', 'name: "a b"', 'small.yaml:7:11: groups[0].name: expected letters, digits and dashes, got "a b"'],
    ['router:', 'router: [', 'small.yaml:6:1: Flow sequence'],
  ])('%s -> %s', (from, to, message) => {
    const said = problem(from, to);
    expect(said).toMatch(/^SCENARIO_INVALID: small\.yaml:/);
    expect(said).toContain(message);
  });

  it('and all of them are', () => {
    expect(problem('members: 2', 'members: 0\n    clients: none').split('\n')).toEqual([
      'SCENARIO_INVALID: small.yaml:9:14: groups[0].members: expected at least 1, got 0',
      'small.yaml:10:14: groups[0].clients: expected an integer, got "none"',
    ]);
  });

  it('says that a file is empty', () => {
    expect(() => parseScenario('', 'empty.yaml')).toThrow('empty.yaml:1:1: (top): expected an object, got null');
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
