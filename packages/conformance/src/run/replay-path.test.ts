import { describe, expect, it } from 'vitest';
import { conform } from './conform.ts';
import { parseReplay, replayPath } from './replay-path.ts';

const file = {
  router: 'haproxy',
  dataPlane: 'memory',
  groups: 1,
  members: 1,
  port: 80,
  moves: [{ group: 0, text: 'the router is deployed' }],
};

describe('a replay file', () => {
  it.each([
    ['{', 'not JSON'],
    [JSON.stringify({ ...file, router: 'nginx' }), 'router'],
    [JSON.stringify({ ...file, dataPlane: 'paper' }), 'dataPlane'],
    [JSON.stringify({ ...file, haproxyVersion: 2.6 }), 'haproxyVersion'],
    [JSON.stringify({ ...file, groups: 9 }), 'groups'],
    [JSON.stringify({ ...file, port: 'http' }), 'port'],
    [JSON.stringify({ ...file, moves: [{ group: 0 }] }), 'moves'],
    ['null', 'router'],
  ])('%s is refused, and the field is named', (text, field) => {
    expect(() => parseReplay(text)).toThrow(field);
  });

  it('that the model cannot take any more is refused', async () => {
    await expect(
      replayPath({ ...parseReplay(JSON.stringify(file)), moves: [{ group: 0, text: 'the moon rises' }] }),
    ).rejects.toThrow('run the suite again');
  });

  it('of a good run shows nothing', async () => {
    expect(await replayPath(parseReplay(JSON.stringify(file)))).toBeUndefined();
  });

  it('of a failure fails again, at the same step and by the same checks', async () => {
    const { suites } = await conform({
      router: 'haproxy',
      dataPlane: 'memory',
      bug: 'removal-not-done',
      suites: ['pairs'],
      goals: 'router',
      workers: 1,
    });
    const failure = suites.flatMap(({ failures }) => failures)[0]!;
    expect(failure.path.length).toBeLessThanOrEqual(20);
    const again = await replayPath(parseReplay(JSON.stringify(failure.replay)));
    expect(again?.path).toEqual(failure.path);
    expect(again?.sentences).toEqual(failure.sentences);
  });
});
