import type { RuleRecord } from '@limpet/contract';
import type { RouterSnapshot } from '@limpet/router';
import { describe, expect, it } from 'vitest';
import { rule, snapshotOf, sourceOf } from '../testing/router-snapshot.ts';
import { changesTo, commandsFor } from './changes.ts';
import type { Source } from './desired-state.ts';

/** `put PORT@GENERATION` and `remove PORT@GENERATION`. */
const said = (rules: readonly RuleRecord[], snapshot: RouterSnapshot, change: Partial<Source> = {}): string[] =>
  commandsFor(sourceOf(rules, change), snapshot).map((command) =>
    command.type === 'putRule'
      ? `put ${command.rule.port}@${command.generation}`
      : `remove ${command.key.port}@${command.generation}`,
  );

const dir = '/limpet';

describe('the commands for a rules file', () => {
  it('number new rules on', () => {
    expect(said([rule(), rule({ port: 81 })], snapshotOf([], { generation: 7 }))).toEqual(['put 80@8', 'put 81@9']);
  });

  it('keep the generation of what is as it was, and give a changed rule the next', () => {
    const snapshot = snapshotOf([rule(), rule({ port: 81 })]);
    expect(said([rule(), rule({ port: 81, algorithm: 'source' })], snapshot)).toEqual(['put 80@1', 'put 81@3']);
  });

  it('compare records, whatever the order of their keys', () => {
    const { ip, ...rest } = rule();
    expect(said([{ ...rest, ip }], snapshotOf([rule()]))).toEqual(['put 80@1']);
  });

  it('remove what is not asked for any more, also what was never in force, or only is', () => {
    const [there, asked] = [rule(), rule({ port: 81 })];
    expect(said([], snapshotOf([there]))).toEqual(['remove 80@2']);
    expect(said([], snapshotOf([there], { verified: {}, programmed: {} }))).toEqual(['remove 80@2']);
    expect(said([], snapshotOf([asked], { wanted: {} }))).toEqual(['remove 81@2']);
  });
});

describe('the changes to a router', () => {
  it('are none without rules, HAProxy running or not', () => {
    expect(changesTo(sourceOf([]), snapshotOf([]), dir).changes).toBe(false);
  });

  it('name what would be refused', () => {
    const elsewhere = rule({ ip: '203.0.113.99' });
    expect(changesTo(sourceOf([elsewhere]), snapshotOf([]), dir).refusals).toMatchObject([
      { rule: '203.0.113.99:80', reason: 'AddressNotLocal' },
    ]);
  });

  it('are no refusal of a rule that waits for its address', () => {
    const peers = ['203.0.113.10', '203.0.113.11'].map((ip) => ({ name: ip, ip }));
    const settings = { ...sourceOf([]).settings, pair: { self: '203.0.113.10', peers } };
    const elsewhere = rule({ ip: '203.0.113.99' });
    const snapshot = snapshotOf([elsewhere], { settings });
    const source = sourceOf([elsewhere], { settings });
    expect(changesTo(source, snapshot, dir).refusals).toEqual([]);
    expect(changesTo(source, { ...snapshot, bindsNonlocal: false }, dir).refusals).toMatchObject([
      { rule: '203.0.113.99:80', reason: 'NonlocalBindOff' },
    ]);
  });

  it('leave a rule as it is whose new version would be refused, and create none that would be', () => {
    const snapshot = snapshotOf([rule()]);
    const reserved = rule({ port: 3922 });
    const changes = changesTo(sourceOf([rule({ maxConnections: 1_000_000 }), reserved]), snapshot, dir);
    expect(changes.refusals.map(({ rule: id, reason }) => `${id} ${reason}`)).toEqual([
      '203.0.113.10:3922 PortReserved',
      '203.0.113.10:80 TooManyConnections',
    ]);
    expect(changes.rules.map(({ rule: id, action }) => `${id} ${action}`)).toEqual(['203.0.113.10:80 none']);
    expect(changes.summary).toEqual({ create: 0, update: 0, delete: 0, none: 1 });
    expect(changes.refusals).toHaveLength(2);
  });

  it('include what was asked for, never came into force, and is not asked for any more', () => {
    const changes = changesTo(sourceOf([]), snapshotOf([rule()], { verified: {}, programmed: {} }), dir);
    expect(changes).toMatchObject({
      changes: true,
      also: ['203.0.113.10:80: was asked for, is not in force, and is not asked for any more'],
    });
  });

  it('include that a rule is to stay as it is, and another version of it was asked for', () => {
    const before = snapshotOf([rule()]);
    const asked = snapshotOf([rule({ algorithm: 'source' })]);
    expect(
      changesTo(sourceOf([rule()]), { ...asked, verified: before.verified, programmed: before.programmed }, dir).also,
    ).toContain('203.0.113.10:80: another version was asked for, and is not in force');
  });

  it('include that HAProxy is not running, and nothing else then', () => {
    expect(changesTo(sourceOf([rule()]), snapshotOf([rule()]), dir)).toMatchObject({ changes: true, also: [] });
  });

  it('cannot be told while HAProxy hangs', () => {
    const observed = { ...snapshotOf([]).observed, notResponding: 'HAProxy (pid 7) is there and does not answer' };
    expect(() => changesTo(sourceOf([rule()]), snapshotOf([rule()], { observed }), dir)).toThrow(
      expect.objectContaining({ code: 'NOT_RESPONDING', message: observed.notResponding }),
    );
  });

  it('include changes made by hand', () => {
    const live = {
      configHash: 'other',
      servers: new Map(),
      stick: new Map(),
      maxConnections: new Map(),
      full: new Set<string>(),
      frontends: new Map(),
      certificates: new Map(),
    };
    const observed = { ...snapshotOf([]).observed, processes: { master: 1, worker: 2 }, live };
    const { changes, also } = changesTo(sourceOf([rule()]), snapshotOf([rule()], { observed }), dir);
    expect(changes).toBe(true);
    expect(also).toContain('HAProxy runs another configuration');
    expect(also).toContain('INPUT does not jump to LIMPET-LB any more');
    expect(also.at(-1)).toMatch(/^203\.0\.113\.10:80: .*its accept is not in LIMPET-LB any more$/);
  });
});
