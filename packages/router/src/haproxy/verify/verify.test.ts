import { readFile } from 'node:fs/promises';
import type { RuleRecord } from '@limpet/contract';
import type { DataPlane } from '@limpet/data-plane';
import { describe, expect, it } from 'vitest';
import { member, rule, sourceBased } from '../../../testing/rules.ts';
import { type Bench, members, openBench, publicIp, turns } from '../../../testing/test-session.ts';
import { proxyName } from '../../names.ts';
import { Capacity } from '../admission/capacity.ts';
import { defaultSettings } from '../config/settings.ts';
import { inspectRouter, readCounters } from './inspect.ts';
import { readBack, verifyRules } from './verify.ts';

const dir = '/limpet';
const proxy = proxyName({ ip: publicIp, port: 8080 });

const look = ({ dataPlane }: Bench) => inspectRouter({ dataPlane, dir });

const fixture = (name: string) => readFile(new URL(`../../../testdata/${name}.pem`, import.meta.url), 'utf8');
/** A certificate with its key. */
const pem = async (name: string): Promise<string> => (await fixture(name)) + (await fixture('key'));

/** `rule Accepted Programmed InForce reason`, a line a rule. */
const verdicts = async (bench: Bench, rules?: readonly RuleRecord[]): Promise<string[]> => {
  const { dataPlane } = bench;
  const options = { dataPlane, dir, probe: true, ...(rules && { rules }) };
  const statuses = await verifyRules(await look(bench), options);
  return statuses.map(({ key, conditions }) =>
    [key.port, ...conditions.map(({ status }) => status), conditions.at(-1)!.reason].join(' '),
  );
};

const inForce = 'True True True Verified';
const wanted = (change: Partial<RuleRecord> = {}): RuleRecord => rule({ members, ...change });

describe('a router seen from outside', () => {
  it('has nothing before it was given anything', async () => {
    const bench = await openBench([]);
    expect(await look(bench)).toMatchObject({
      observed: { live: undefined, chain: undefined },
      wanted: {},
      generation: 0,
    });
    expect(await verdicts(bench, [wanted()])).toEqual(['8080 True False False NotApplied']);
  });

  it('has its rules in force', async () => {
    const bench = await openBench([{}, { port: 81, stickiness: sourceBased }]);
    expect(await verdicts(bench)).toEqual([`8080 ${inForce}`, `81 ${inForce}`]);
    expect(await verdicts(bench, [wanted(), wanted({ port: 81, stickiness: sourceBased })])).toHaveLength(2);
    expect((await look(bench)).generation).toBe(2);
  });

  it('is not changed by the look', async () => {
    const bench = await openBench([{ stickiness: sourceBased }]);
    const before = await look(bench);
    await verdicts(bench);
    expect(await look(bench)).toEqual(before);
  });

  it.each<[string, RuleRecord, string]>([
    ['another version of a rule', wanted({ algorithm: 'source' }), '8080 True False False NotApplied'],
    ['an address that is not here', wanted({ ip: '10.9.9.9' }), '8080 False False False AddressNotLocal'],
    ['a port of the router', wanted({ port: 3922 }), '3922 False False False PortReserved'],
  ])('says why %s is not in force', async (_, asked, verdict) => {
    expect(await verdicts(await openBench(), [asked])).toContain(verdict);
  });

  it('takes a setting that HAProxy is to be told for no edit by somebody else', async () => {
    const { dataPlane } = await openBench();
    const snapshot = await inspectRouter({ dataPlane, dir });
    const settings = { ...defaultSettings, user: 'haproxy', maxPipes: 1024 };
    const { drift, rules } = readBack(snapshot, [wanted()], dir, settings);
    expect(drift.all).toEqual([]);
    expect([...rules.values()].map((finding) => finding?.message)).toEqual([expect.stringContaining('user')]);
  });

  it('says which of the rules that fit one by one do not fit together', async () => {
    const { dataPlane } = await openBench([]);
    const rules = [wanted({ stickiness: sourceBased }), wanted({ port: 81, stickiness: sourceBased })];
    const settings = (tableBytes: number) => ({
      ...defaultSettings,
      budget: { ...defaultSettings.budget, tableBytes },
    });
    // The first power of two that is enough for one is not for two.
    let bytes = 1;
    while (new Capacity(settings(bytes), 1_048_576).refusal(rules[0]!)) bytes *= 2;
    const read = readBack(await inspectRouter({ dataPlane, dir }), rules, dir, settings(bytes));
    expect([...read.rules.values()].map((finding) => finding?.reason)).toEqual(['NotApplied', 'TableBudgetExceeded']);
  });

  it('finds by its probes that no member answers, which proves nothing of the rule', async () => {
    const bench = await openBench([{ stickiness: sourceBased }]);
    await bench.dataPlane.vms.destroy(['vm1', 'vm2', 'vm3']);
    expect(await verdicts(bench)).toEqual(['8080 True True Unknown NoMemberAnswers']);
  });

  it('finds by its probes that a client is not kept on one member', async () => {
    const bench = await openBench([{ stickiness: sourceBased }]);
    const { haproxy, prober } = bench.dataPlane;
    const forgetting: DataPlane = {
      ...bench.dataPlane,
      prober: {
        open: async (...args) => {
          const connection = await prober.open(...args);
          await haproxy.runtime([`clear table ${proxy} key 192.0.2.1`]);
          return connection;
        },
      },
    };
    const [status] = await verifyRules(await look(bench), { dataPlane: forgetting, dir, probe: true });
    expect(status?.conditions.at(-1)).toMatchObject({ status: 'False', reason: 'NotSticky' });
  });

  it.each([
    ['disabled', `disable frontend ${proxy}`, /frontend is disabled/],
    ['shut down', `shutdown frontend ${proxy}`, /only a reload .*8080 was shut down/],
  ])('sees that a frontend was %s', async (_, command, message) => {
    const bench = await openBench([{}, { port: 81, members: [member('vm4')] }]);
    await bench.dataPlane.haproxy.runtime([command]);
    expect(await verdicts(bench)).toEqual(['8080 True False False Drift', `81 ${inForce}`]);
    const [status] = await verifyRules(await look(bench), { dataPlane: bench.dataPlane, dir, probe: false });
    expect(status?.conditions.at(-1)?.message).toMatch(message);
  });

  it('sees that a certificate was renewed', async () => {
    const bench = await openBench([]);
    await bench.dataPlane.files.write('/site.pem', await pem('certificate'));
    await bench.put({ protocol: 'ssl', certificate: '/site.pem' });
    await turns(); // it is stored that the rule is in force
    expect(await verdicts(bench)).toEqual([`8080 ${inForce}`]);
    await bench.dataPlane.files.write('/site.pem', await pem('renewed'));
    expect(await verdicts(bench)).toEqual(['8080 True False False Drift']);
  });

  it('knows a rule that HAProxy was given and that was never proved, and what is beside it', async () => {
    const bench = await openBench([{ port: 81, members: [member('vm4')] }]);
    await bench.dataPlane.vms.destroy(['vm1', 'vm2', 'vm3']);
    await bench.put({ stickiness: sourceBased });
    expect(await verdicts(bench)).toEqual(['8080 True True Unknown NoMemberAnswers', `81 ${inForce}`]);
    const read = readBack(await look(bench), [wanted({ stickiness: sourceBased })], dir);
    expect(read.rules.get(`${publicIp}:8080`)).toMatchObject({ kind: 'unverified', reason: 'NotProved' });
  });

  it('says which rule is there and is not wanted', async () => {
    expect(await verdicts(await openBench(), [])).toEqual(['8080 False False False NotWanted']);
  });

  it('is counted from outside, without keeping the count', async () => {
    const bench = await openBench();
    await bench.reached('198.18.0.1');
    const { dataPlane } = bench;
    const before = await look(bench);
    expect(await readCounters({ dataPlane, dir }, before)).toMatchObject([{ connections: 6 }]);
    expect(await look(bench)).toEqual(before);
  });

  it('sees what somebody else has changed', async () => {
    const bench = await openBench([{}, { port: 81, members: [member('vm4')] }]);
    await bench.dataPlane.haproxy.runtime([`set server ${proxy}/vm1 state maint`]);
    expect(await verdicts(bench)).toEqual(['8080 True False False Drift', `81 ${inForce}`]);
  });

  it('sees that an accept is gone', async () => {
    const bench = await openBench();
    await bench.dataPlane.packetFilter.run(['-F', 'LIMPET-LB']);
    expect(await verdicts(bench)).toEqual(['8080 True False False Drift']);
  });

  it('sees that the jump to the chain is gone, which every rule needs', async () => {
    const bench = await openBench([{}, { port: 81, members: [member('vm4')] }]);
    await bench.dataPlane.packetFilter.run(['-D', 'INPUT', '-j', 'LIMPET-LB']);
    expect(await verdicts(bench)).toEqual(['8080 True False False Drift', '81 True False False Drift']);
  });

  it('sees that HAProxy is gone', async () => {
    const bench = await openBench();
    await bench.dataPlane.haproxy.stop();
    expect(await verdicts(bench)).toEqual(['8080 True False False NotRunning']);
  });
});
