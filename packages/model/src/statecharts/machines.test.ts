import { describe, expect, it } from 'vitest';
import { entryMachine } from './entry.machine.ts';
import { memberMachine } from './member.machine.ts';
import { routerMachine } from './router.machine.ts';
import { createTable } from './table.ts';

describe('member', () => {
  const table = createTable(memberMachine);
  it.each([
    ['gone', 'create', 'provisioning', []],
    ['provisioning', 'started', 'joining', ['tellRule']],
    ['provisioning', 'startFailed', 'failed', ['tellFailed']],
    ['joining', 'joined', 'serving', ['tellServing']],
    ['serving', 'remove', 'draining', ['tellRule']],
    ['serving', 'fail', 'failed', ['tellRule']],
    ['serving', 'destroy', 'gone', ['tellRule', 'tellDestroyed']],
    ['draining', 'drained', 'gone', ['tellRule', 'tellGone']],
    ['failed', 'destroy', 'gone', ['tellDestroyed']],
  ] as const)('%s on %s: %s', (state, event, next, actions) => {
    expect(table.edge({ value: state, context: {} }, event)).toMatchObject({ next: { value: next }, actions });
  });
});

describe('router', () => {
  const table = createTable(routerMachine);
  it.each([
    ['absent', 'deploy', 'starting', []],
    ['starting', 'started', 'running', ['syncRules']],
    ['starting', 'startFailed', 'stopped', []],
    ['running', 'lost', 'unreachable', []],
    ['unreachable', 'recovered', 'running', ['reportRules']],
    ['running', 'reboot', 'starting', ['halt']],
    ['running', 'stop', 'stopped', ['halt']],
    ['stopped', 'start', 'starting', []],
    ['running', 'destroy', 'absent', ['wipe']],
  ] as const)('%s on %s: %s', (state, event, next, actions) => {
    expect(table.edge({ value: state, context: {} }, event)).toMatchObject({ next: { value: next }, actions });
  });
});

/** What a host takes from a rule and gives back: the events, and the states between them. */
const LOSSES = [
  { lose: 'loseAddress', regain: 'regainAddress', gone: 'addressAway', waiting: 'waitingForAddress' },
  { lose: 'loseCertificate', regain: 'regainCertificate', gone: 'certificateGone', waiting: 'waitingForCertificate' },
] as const;

describe('entry', () => {
  const table = createTable(entryMachine);
  const current = { generation: 'current', serves: 'stale' } as const;
  const stale = { generation: 'stale', serves: 'stale' } as const;
  it('applies, then verifies, then serves', () => {
    expect(table.edge({ value: 'applying', context: current }, 'apply')).toMatchObject({
      next: { value: 'programmed', context: current },
      actions: ['answerApplied'],
    });
    expect(table.edge({ value: 'programmed', context: current }, 'verify')).toMatchObject({
      next: { value: 'inForce', context: { serves: 'current' } },
      actions: ['answerInForce'],
    });
  });

  it('is idempotent: the same generation again changes nothing and gets the same answer', () => {
    for (const [state, answer] of [
      ['programmed', 'answerApplied'],
      ['inForce', 'answerInForce'],
    ] as const) {
      expect(table.edge({ value: state, context: current }, 'put')).toEqual({
        next: { value: state, context: current },
        actions: [answer],
      });
      expect(table.edge({ value: state, context: stale }, 'put')).toMatchObject({
        next: { value: 'applying' },
        actions: [],
      });
    }
  });

  it.each([
    'applying',
    'refused',
    'programmed',
    'inForce',
    ...LOSSES.flatMap(({ gone, waiting }) => [gone, waiting]),
    'removing',
    'removed',
  ])('keeps what it has when an older generation comes late: %s', (state) => {
    expect(table.edge({ value: state, context: current }, 'putStale')?.next).toEqual({
      value: state,
      context: current,
    });
  });

  it('goes on with what was there before when it refuses', () => {
    expect(table.edge({ value: 'applying', context: current }, 'refuse')).toMatchObject({
      next: { value: 'refused', context: { serves: 'stale' } },
      actions: ['answerRefused'],
    });
  });

  it('comes back from a halt with what it had, to be verified again', () => {
    expect(
      table.edge({ value: 'inForce', context: { generation: 'current', serves: 'current' } }, 'halt')?.next,
    ).toEqual({
      value: 'programmed',
      context: { generation: 'current', serves: 'absent' },
    });
  });

  describe.each(LOSSES)('of a rule, when its host has it $gone', ({ lose, regain, gone, waiting }) => {
    it.each(['programmed', 'inForce'])('says at once that it cannot be served any more: %s', (value) => {
      const lost = table.edge({ value, context: { generation: 'current', serves: 'current' } }, lose);
      expect(lost).toEqual({
        next: { value: gone, context: { generation: 'current', serves: 'absent' } },
        actions: ['answerRefused'],
      });
      expect(table.edge(lost!.next, 'put')).toEqual({ next: lost!.next, actions: ['answerRefused'] });
      expect(table.edge(lost!.next, regain)).toMatchObject({
        next: { value: 'programmed' },
        actions: ['answerApplied'],
      });
    });

    it('refuses a change while it cannot be served, and applies it by itself when it can be', () => {
      const withheld = table.edge({ value: gone, context: { generation: 'stale', serves: 'absent' } }, 'put');
      expect(withheld).toEqual({
        next: { value: waiting, context: { generation: 'current', serves: 'absent' } },
        actions: ['answerRefused'],
      });
      expect(table.edge(withheld!.next, regain)).toMatchObject({ next: { value: 'applying' }, actions: [] });
    });

    it('comes back only with what it lacks', () => {
      const others = LOSSES.filter((other) => other.gone !== gone).map((other) => other.regain);
      for (const value of [gone, waiting])
        for (const other of others)
          expect(table.edge({ value, context: { generation: 'current', serves: 'absent' } }, other)).toBeUndefined();
    });
  });

  it('confirms the removal of a rule that it never had', () => {
    const empty = { value: 'empty', context: { generation: 'absent', serves: 'absent' } } as const;
    expect(table.edge(empty, 'remove')).toMatchObject({ next: { value: 'removed' }, actions: ['answerApplied'] });
  });
});
