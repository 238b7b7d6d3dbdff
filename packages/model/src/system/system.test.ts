import { describe, expect, it } from 'vitest';
import { createSystem, ModelError, type SystemEvent, type SystemState } from '../index.ts';
import type { ModelCommand } from './management.ts';

const system = createSystem({ groups: 2, members: 2 });

/** Plays events and collects the commands that they led to. */
function play(state: SystemState, ...events: SystemEvent[]): { state: SystemState; commands: ModelCommand[] } {
  const commands: ModelCommand[] = [];
  let now = state;
  for (const event of events) {
    const step = system.step(now, event);
    now = step.state;
    commands.push(...step.commands);
  }
  return { state: now, commands };
}

/** A faultless router and link, and VMs that start: until nothing is left to do. */
function settle(state: SystemState): SystemState {
  let now = state;
  for (;;) {
    const next = system
      .enabled(now)
      .find(
        ({ to, event }) =>
          (to === 'link' && event === 'deliver') ||
          (to === 'entry' && event !== 'refuse' && !event.startsWith('lose')) ||
          (to === 'member' && event === 'started'),
      );
    if (next === undefined) return now;
    now = system.step(now, next).state;
  }
}

const started = play(system.initial, { to: 'router', event: 'deploy' }, { to: 'router', event: 'started' }).state;

/** Both groups enabled with one VM serving, both rules in force, and SourceBased on group 1's rule. */
function running(): SystemState {
  let state = started;
  for (const group of [0, 1]) {
    if (group === 1) state = play(state, { to: 'rule', group, event: 'setSourceBased' }).state;
    state = play(
      state,
      { to: 'rule', group, event: 'accept' },
      { to: 'group', group, event: 'configured' },
      { to: 'group', group, event: 'scaleUp' },
    ).state;
  }
  return settle(state);
}

describe('system', () => {
  it('brings rules in force and members into service', () => {
    for (const { group, rule, members } of running().groups) {
      expect(group.value).toBe('enabled');
      expect(rule).toMatchObject({ value: 'active', context: { inForce: 'current' } });
      expect(members.map((member) => member.value)).toEqual(['serving', 'gone']);
    }
  });

  it('apache/cloudstack#9583: a stickiness change while Disabled is sent at once, and in force before the group is enabled', () => {
    const disabled = play(running(), { to: 'group', group: 0, event: 'disable' }).state;
    const changed = play(disabled, { to: 'rule', group: 0, event: 'setSourceBased' });
    expect(changed.commands).toEqual([{ type: 'putRule', group: 0 }]);
    expect(changed.state.groups[0]?.rule).toMatchObject({
      value: 'add',
      context: { stickiness: 'source', inForce: 'stale' },
    });
    const settled = settle(changed.state);
    expect(settled.groups[0]).toMatchObject({
      group: { value: 'disabled' },
      rule: { value: 'active', context: { inForce: 'current' } },
    });
    expect(settled.entries[0]?.context).toEqual({ generation: 'current', serves: 'current' });
    const enabled = settle(play(settled, { to: 'group', group: 0, event: 'enable' }).state);
    expect(enabled.entries[0]?.context).toEqual(settled.entries[0]?.context);
  });

  it('sends a change in every state of the group', () => {
    const enabled = running();
    const scaling = play(
      enabled,
      { to: 'group', group: 0, event: 'quietOver' },
      { to: 'group', group: 0, event: 'scaleUp' },
    ).state;
    const revoke = play(enabled, { to: 'group', group: 0, event: 'deleteWithCleanup' }).state;
    const fresh = play(started, { to: 'rule', group: 0, event: 'accept' }).state;
    for (const state of [enabled, scaling, revoke, fresh]) {
      expect(play(state, { to: 'rule', group: 0, event: 'setSourceBased' }).commands).toEqual([
        { type: 'putRule', group: 0 },
      ]);
    }
  });

  it('sends a lost command again', () => {
    const lost = play(
      running(),
      { to: 'rule', group: 0, event: 'setSourceBased' },
      { to: 'link', group: 0, message: 'command', event: 'lose' },
    ).state;
    expect(settle(lost).groups[0]?.rule.value).toBe('add');
    const again = play(lost, { to: 'rule', group: 0, event: 'timeout' });
    expect(again.commands).toEqual([{ type: 'putRule', group: 0 }]);
    expect(settle(again.state).groups[0]?.rule).toMatchObject({ value: 'active', context: { inForce: 'current' } });
  });

  it('does not take an answer about an older generation for the newest', () => {
    const answered = play(
      running(),
      { to: 'rule', group: 0, event: 'setSourceBased' },
      { to: 'link', group: 0, message: 'command', event: 'deliver' },
      { to: 'entry', group: 0, event: 'apply' },
    ).state;
    expect(answered.link[0]?.answer).toBe('applied');
    const changed = play(answered, { to: 'rule', group: 0, event: 'setNone' }).state;
    expect(changed.link[0]).toEqual({ command: 'put' });
    expect(changed.groups[0]?.rule.value).toBe('add');
    expect(changed.entries[0]?.context.generation).toBe('stale');
  });

  it('does not let an older command that comes late undo a newer one', () => {
    const late = play(
      running(),
      { to: 'rule', group: 0, event: 'setSourceBased' },
      { to: 'rule', group: 0, event: 'setNone' },
      { to: 'link', group: 0, message: 'command', event: 'deliver' },
      { to: 'entry', group: 0, event: 'apply' },
      { to: 'link', group: 0, message: 'late', event: 'deliver' },
    ).state;
    expect(late.entries[0]).toMatchObject({ value: 'programmed', context: { generation: 'current' } });
  });

  it('apache/cloudstack#8745: a router that starts gets every rule', () => {
    const reboot = play(running(), { to: 'router', event: 'reboot' }).state;
    expect(reboot.groups.map(({ rule }) => rule.context.inForce)).toEqual(['absent', 'absent']);
    const up = play(reboot, { to: 'router', event: 'started' });
    expect(up.commands).toEqual([{ type: 'syncRules' }]);
    expect(settle(up.state).groups.map(({ rule }) => rule.context.inForce)).toEqual(['current', 'current']);
  });

  it('asks a router that is back what it has, and sends what it lacks', () => {
    const missed = play(running(), { to: 'router', event: 'lost' }, { to: 'rule', group: 0, event: 'setSourceBased' });
    expect(missed.commands).toEqual([]);
    const back = play(missed.state, { to: 'router', event: 'recovered' });
    expect(back.commands).toEqual([{ type: 'reportRules' }]);
    expect(settle(back.state).groups[0]?.rule).toMatchObject({ value: 'active', context: { inForce: 'current' } });
  });

  it('apache/cloudstack#9503: group and rule can be deleted without the router', () => {
    const stopped = play(
      running(),
      { to: 'router', event: 'stop' },
      { to: 'group', group: 0, event: 'deleteWithCleanup' },
      { to: 'rule', group: 0, event: 'delete' },
    ).state;
    expect(stopped.groups[0]).toMatchObject({ group: { value: 'removed' }, rule: { value: 'revoke' } });
    const up = settle(play(stopped, { to: 'router', event: 'start' }, { to: 'router', event: 'started' }).state);
    expect(up.groups[0]?.rule.value).toBe('gone');
    expect(up.entries[0]?.value).toBe('removed');
    const destroyed = play(
      running(),
      { to: 'router', event: 'destroy' },
      { to: 'group', group: 0, event: 'deleteWithCleanup' },
      { to: 'rule', group: 0, event: 'delete' },
    ).state;
    expect(destroyed.groups[0]?.rule.value).toBe('gone');
  });

  it('keeps a refused rule as it was and says so, and leaves the others alone', () => {
    const refused = settle(
      play(
        running(),
        { to: 'rule', group: 0, event: 'setSourceBased' },
        { to: 'link', group: 0, message: 'command', event: 'deliver' },
        { to: 'entry', group: 0, event: 'refuse' },
      ).state,
    );
    expect(refused.groups[0]?.rule).toMatchObject({ value: 'add', context: { asked: 'refused', inForce: 'stale' } });
    expect(refused.entries[0]?.context.serves).toBe('stale');
    expect(refused.groups[1]?.rule).toMatchObject({ value: 'active', context: { inForce: 'current' } });
  });

  it.each([
    ['loseAddress', 'waitingForAddress', 'regainAddress'],
    ['loseCertificate', 'waitingForCertificate', 'regainCertificate'],
  ] as const)(
    'says of a rule that it is not in force after %s, and brings it back without a command',
    (lose, waiting, regain) => {
      const lost = play(
        running(),
        { to: 'entry', group: 0, event: lose },
        { to: 'link', group: 0, message: 'answer', event: 'deliver' },
        { to: 'rule', group: 0, event: 'update' },
        { to: 'link', group: 0, message: 'command', event: 'deliver' },
        { to: 'link', group: 0, message: 'answer', event: 'deliver' },
      ).state;
      expect(lost.groups[0]?.rule).toMatchObject({ value: 'add', context: { asked: 'refused', inForce: 'absent' } });
      expect(lost.entries[0]).toMatchObject({ value: waiting, context: { serves: 'absent' } });
      expect(lost.groups[1]?.rule).toMatchObject({ value: 'active', context: { inForce: 'current' } });
      const back = settle(play(lost, { to: 'entry', group: 0, event: regain }).state);
      expect(back.groups[0]?.rule).toMatchObject({ value: 'active', context: { inForce: 'current' } });
      expect(back.entries[0]).toMatchObject({ value: 'inForce', context: { serves: 'current' } });
    },
  );

  it('drains a member before it goes, and counts it until then', () => {
    const two = settle(
      play(running(), { to: 'group', group: 0, event: 'quietOver' }, { to: 'group', group: 0, event: 'scaleUp' }).state,
    );
    const down = play(
      two,
      { to: 'group', group: 0, event: 'quietOver' },
      { to: 'group', group: 0, event: 'scaleDown' },
    );
    expect(down.commands).toEqual([{ type: 'putRule', group: 0 }]);
    expect(down.state.groups[0]?.members.map((member) => member.value)).toEqual(['serving', 'draining']);
    expect(system.refusal(down.state, { to: 'member', group: 0, member: 1, event: 'drained' })).toMatch(
      /not yet verified/,
    );
    const drained = play(settle(down.state), { to: 'member', group: 0, member: 1, event: 'drained' });
    expect(drained.state.groups[0]).toMatchObject({ group: { value: 'enabled', context: { size: 1, quiet: true } } });
    expect(drained.commands).toEqual([{ type: 'putRule', group: 0 }]);
  });

  it('gives up a failed member first', () => {
    const two = settle(
      play(running(), { to: 'group', group: 0, event: 'quietOver' }, { to: 'group', group: 0, event: 'scaleUp' }).state,
    );
    const failed = play(
      two,
      { to: 'member', group: 0, member: 0, event: 'fail' },
      { to: 'group', group: 0, event: 'quietOver' },
    );
    const down = play(failed.state, { to: 'group', group: 0, event: 'scaleDown' }).state;
    expect(down.groups[0]?.members.map((member) => member.value)).toEqual(['gone', 'serving']);
  });

  it('does not begin a scale operation while another runs, whatever the group went through', () => {
    const state = play(
      running(),
      { to: 'group', group: 0, event: 'quietOver' },
      { to: 'group', group: 0, event: 'scaleUp' },
      { to: 'group', group: 0, event: 'disable' },
      { to: 'group', group: 0, event: 'enable' },
    ).state;
    expect(system.refusal(state, { to: 'group', group: 0, event: 'scaleDown' })).toBe(
      'a scale operation is still running',
    );
  });
});

describe('refusals', () => {
  it.each([
    [{ to: 'group', group: 0, event: 'raiseMax' }, 'min and max can be updated only while the group is Disabled'],
    [
      { to: 'group', group: 0, event: 'delete' },
      'the group cannot be deleted, its state is enabled: disable it or pass cleanup=true',
    ],
    [{ to: 'group', group: 0, event: 'scaleUp' }, 'the quiet time is not over'],
    [{ to: 'rule', group: 0, event: 'delete' }, 'the rule has an autoscale VM group: delete the group first'],
    [
      { to: 'member', group: 0, member: 0, event: 'destroy' },
      'the VM belongs to an autoscale VM group that is not Disabled: disable the group and retry',
    ],
    [{ to: 'member', group: 0, member: 1, event: 'create' }, 'VMs of a group are created and removed by the group'],
    [{ to: 'router', event: 'deploy' }, 'the router is running and does not take deploy'],
    [{ to: 'entry', group: 0, event: 'verify' }, "the router's entry is inForce and does not take verify"],
    [{ to: 'link', group: 0, message: 'command', event: 'deliver' }, 'no command is in flight'],
  ] as const)('%j', (event, message) => {
    const state = running();
    expect(system.refusal(state, event)).toBe(message);
    expect(() => system.step(state, event)).toThrow(new ModelError(message));
  });

  it('says who can be enabled', () => {
    expect(system.refusal(system.initial, { to: 'group', group: 0, event: 'enable' })).toBe(
      'only a group in Disabled state can be enabled',
    );
  });

  it('refuses sizes that make no sense', () => {
    expect(() => createSystem({ groups: 1, members: 1, min: 2 })).toThrow(/1 <= min <= max <= members/);
  });
});
