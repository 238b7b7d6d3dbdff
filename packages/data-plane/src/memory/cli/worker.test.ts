import { describe, expect, it } from 'vitest';
import { configText, openDataPlane, RULE } from '../../../testing/memory-data-plane.ts';

/** What 2.6.12 answered to the same commands. */
async function answersTo(rule: readonly string[], commands: readonly string[]): Promise<string[]> {
  const dataPlane = await openDataPlane(3, configText({ rule }));
  return dataPlane.haproxy.runtime(commands);
}

const two = ['server vm101 10.1.1.1:80 id 101 check', 'server vm102 10.1.1.2:80 id 102 check'];

describe('the runtime CLI', () => {
  it('adds, enables and deletes servers in the words of 2.6.12', async () => {
    const at = `${RULE}/vm103`;
    expect(
      await answersTo(two, [
        `add server ${at} 10.1.1.3:80 check id 103`,
        `add server ${RULE}/vm104 10.1.1.3:80 id 103`,
        `add server ${at} 10.1.1.3:80 id 200`,
        `enable health ${at}`,
        `enable server ${at}`,
        `del server ${at}`,
        `set server ${at} state maint`,
        `del server ${at}`,
        `del server ${at}`,
        'add server nobody/x 10.1.1.3:80',
        `add server ${RULE} 10.1.1.3:80`,
      ]),
    ).toEqual([
      'New server registered.',
      "'id' : custom id 103 already used at (null):0 ('server vm103').",
      'Already exists a server with the same name in backend.',
      '',
      '',
      'Only servers in maintenance mode can be deleted.',
      '',
      'Server deleted.',
      'No such server.',
      'No such backend.',
      "Require 'backend/server'.",
    ]);
  });

  it('disables, enables and shuts down frontends in the words of 2.6.12', async () => {
    const [disable, enable, shutdown] = ['disable', 'enable', 'shutdown'].map((verb) => `${verb} frontend ${RULE}`);
    expect(
      await answersTo(two, [disable!, disable!, enable!, enable!, shutdown!, shutdown!, disable!, enable!]),
    ).toEqual([
      '',
      'All sockets are already disabled.',
      '',
      'All sockets are already enabled.',
      '',
      'Frontend was already shut down.',
      'Frontend was previously shut down, cannot disable.',
      'Frontend was previously shut down, cannot enable.',
    ]);
    expect(await answersTo(two, ['disable frontend', 'disable frontend nobody'])).toEqual([
      'A frontend name is expected.',
      'No such frontend.',
    ]);
  });

  it.each([
    ['balance source', 'Backend must use a dynamic load balancing to support dynamic servers.'],
    ['balance static-rr', 'Backend must use a dynamic load balancing to support dynamic servers.'],
    ['balance leastconn', 'New server registered.'],
  ])('takes dynamic servers by algorithm: %s', async (balance, answer) => {
    expect(await answersTo([balance, ...two], [`add server ${RULE}/vm103 10.1.1.3:80`])).toEqual([answer]);
    const consistent = [balance, 'hash-type consistent', ...two];
    const [registered] = await answersTo(consistent, [`add server ${RULE}/vm103 10.1.1.3:80`]);
    expect(registered).toBe('New server registered.');
  });

  it('changes addresses and says what changed', async () => {
    expect(
      await answersTo(two, [
        `set server ${RULE}/vm101 addr 10.1.1.3 port 80`,
        `set server ${RULE}/vm101 addr 10.1.1.3 port 81`,
        `set server ${RULE}/vm101 addr 10.1.1`,
      ]),
    ).toEqual([
      "IP changed from '10.1.1.1' to '10.1.1.3', no need to change the port by 'stats socket command'",
      "no need to change the addr, port changed from '80' to '81' by 'stats socket command'",
      "Invalid addr '10.1.1' by 'stats socket command'",
    ]);
  });

  it('answers unknown commands with help', async () => {
    const [nonsense, show] = await answersTo(two, ['nonsense', 'show nonsense']);
    expect(nonsense).toMatch(/^Unknown command, but maybe/);
    expect(show).toMatch(/^Unknown command, but maybe/);
  });
});
