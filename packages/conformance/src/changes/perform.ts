/**
 * Performs the operations of the suite `changes` on a router, and says what has to be seen then.
 *
 * @module
 */
import type { CommandResult, RuleKey, VersionedRule } from '@limpet/contract';
import type { PortCall } from '@limpet/data-plane';
import { type RouterSettings, ruleId } from '@limpet/router';
import type { Difference } from '../oracle/compare.ts';
import { certificates } from '../sut/certificates.ts';
import { driftOfKind } from './drifts.ts';
import { lose } from './lose.ts';
import { answered, type Moment, moment, type PlayedRouter } from './moment.ts';
import type { Operation } from './operation.ts';
import { verdictsOf } from './verdicts.ts';

/** Time that clients get to leave by themselves where a second change comes meanwhile, in milliseconds. */
const LONG_DRAIN = 30_000;

/** Performs an operation. Everything has to be as `router.expected` says at each of the moments. */
export async function* perform(router: PlayedRouter, operation: Operation): AsyncGenerator<Moment> {
  const { sut, expected } = router;
  switch (operation.do) {
    case 'put':
      yield moment(await put(router, await expected.want(operation.rule)));
      return;
    case 'refuse':
      yield* refuse(router, operation);
      return;
    case 'overtake':
      yield moment(await overtake(router, operation));
      await sut.idle();
      await reopen(router, { drainDeadlineMs: 0 });
      return;
    case 'crash': {
      const wanted = await expected.want(operation.rule);
      await sut.crashDuring({ type: 'putRule', ...wanted }, operation.calls, async () => {});
      yield moment(await put(router, wanted));
      return;
    }
    case 'remove': {
      expected.remove(operation.key);
      yield moment(answered('applied', await remove(router, operation.key)));
      return;
    }
    case 'sync': {
      expected.removeAll();
      const rules: VersionedRule[] = [];
      for (const rule of operation.rules) rules.push(await expected.want(rule));
      const snapshot = { rules, revision: expected.nextGeneration() };
      const answer = await sut.send({ type: 'syncRules', snapshot });
      for (const rule of rules) expected.took(rule);
      yield moment(answered('applied', answer));
      return;
    }
    case 'drift':
      yield moment(await drift(router, operation));
      return;
    case 'lose':
      yield* lose(router, operation);
      return;
    case 'renew':
      yield moment(await renew(router, operation.certificate));
      return;
    case 'restart':
      await sut.halt();
      await router.boot();
      yield moment();
      return;
    case 'settings':
      await reopen(router, {
        timeouts: { connectMs: 5000, clientMs: operation.clientTimeoutSeconds * 1000, serverMs: 50_000 },
      });
      yield moment();
  }
}

async function put({ sut, expected }: PlayedRouter, wanted: VersionedRule): Promise<Difference[]> {
  const answer = await sut.send({ type: 'putRule', ...wanted });
  expected.took(wanted);
  return answered('applied', answer);
}

const remove = ({ sut, expected }: PlayedRouter, key: RuleKey): Promise<CommandResult> =>
  sut.send({ type: 'removeRule', key, generation: expected.nextGeneration() });

/** The router's process ends, and begins again with other settings. */
async function reopen(router: PlayedRouter, settings: Partial<RouterSettings>): Promise<void> {
  router.settings = { ...router.settings, ...settings };
  await router.sut.crash();
}

async function* refuse(router: PlayedRouter, { rule, by }: Operation & { do: 'refuse' }): AsyncGenerator<Moment> {
  const { sut, expected, testBed, between } = router;
  const key = { ip: rule.ip, port: rule.port };
  const id = ruleId(key);
  const takePort = (taken: boolean) => testBed.takePort?.(key, taken);
  switch (by) {
    case 'the check': {
      const wanted = await expected.want(rule);
      const answer = await sut.refuse({ type: 'putRule', ...wanted }, key);
      yield moment(answered('refused', answer, /rejects the configuration/), new Map([[id, /another version/]]));
      sut.unblock(key);
      yield moment(await put(router, wanted));
      return;
    }
    case 'the router':
    case 'the reload':
    case 'the start': {
      await remove(router, key);
      expected.remove(key);
      if (by === 'the router') takePort(true);
      else
        between.once(
          ({ method }) => method === 'check',
          () => takePort(true),
        );
      const wanted = await expected.want(rule);
      if (by === 'the start') {
        await router.leave();
        await testBed.host().dataPlane.haproxy.stop();
      }
      const answer = await sut.send({ type: 'putRule', ...wanted });
      const why = {
        'the router': /listens on/,
        'the reload': /could not take the new configuration/,
        // HAProxy is then up without rules, or with the others: which one is to blame is found by reloads.
        'the start': /cannot bind socket|could not take the new configuration/,
      }[by];
      yield moment(answered('refused', answer, why), new Map([[id, /listens on/]]));
      takePort(false);
      yield moment(await put(router, wanted));
      return;
    }
    case 'the probes': {
      await router.leave();
      const wanted = await expected.want(rule);
      await expected.stopVms(rule);
      const command = { type: 'putRule', ...wanted } as const;
      const refused = async () => answered('refused', await sut.send(command), /no member of \S+ answers/);
      const found = await refused();
      expected.took(wanted, false);
      const faulty = new Map([[id, /was not seen to obey/]]);
      yield moment(found, faulty);
      await sut.crash();
      yield moment([], faulty);
      yield moment(await refused(), faulty);
      await expected.startVms(rule);
      yield moment(await put(router, wanted));
    }
  }
}

/** Sends a second change as soon as the first one waits for its clients to leave. */
async function overtake(router: PlayedRouter, { first, rule }: Operation & { do: 'overtake' }): Promise<Difference[]> {
  const { sut, expected, between } = router;
  await reopen(router, { drainDeadlineMs: LONG_DRAIN });
  const begin = await expected.want(first);
  const end = await expected.want(rule);
  let second: Promise<CommandResult> | undefined;
  const sendSecond = () => {
    second ??= sut.sendAtOnce({ type: 'putRule', ...end });
    return second;
  };
  const answer = await Promise.race([
    new Promise<CommandResult>((resolve) => between.once(isWaitForClients, () => resolve(sendSecond()))),
    sut.sendAtOnce({ type: 'putRule', ...begin }).then(sendSecond),
  ]);
  expected.took(end);
  return answered('applied', answer);
}

const isWaitForClients = ({ port, args: [ms] }: PortCall): boolean => port === 'clock' && (ms as number) >= 100;

async function drift(router: PlayedRouter, { kind, key }: Operation & { do: 'drift' }): Promise<Difference[]> {
  const { testBed, expected } = router;
  const act = driftOfKind(kind);
  const rule = expected.installed(key);
  const server = rule?.members.find(({ state }) => state === (act.server ?? 'serving'))?.vm;
  if (rule === undefined || server === undefined) return [];
  if (act.withoutClients) await router.leave();
  await act.act(testBed.host(), key, server);
  const concerned = { none: [], rule: [rule], all: expected.wanted() }[act.of];
  const faulty = new Map(concerned.map((one) => [ruleId(one), act.says]));
  const found = await verdictsOf(testBed, expected, { faulty, settings: router.settings });
  await router.sut.passDriftPeriod();
  return found;
}

/** A certificate is renewed in its file, and then again. */
async function renew(router: PlayedRouter, file: string): Promise<Difference[]> {
  const { testBed, expected } = router;
  const { files } = testBed.host().dataPlane;
  const other = certificates.find((path) => path !== file)!;
  const [before, after] = [await files.read(file), await files.read(other)];
  const faulty = new Map(
    expected
      .wanted()
      .filter(({ certificate }) => certificate === file)
      .map((rule) => [ruleId(rule), /another certificate than/]),
  );
  await files.write(file, after!);
  const found = await verdictsOf(testBed, expected, { faulty, settings: router.settings });
  await router.sut.passDriftPeriod();
  found.push(...(await verdictsOf(testBed, expected, { faulty: new Map(), settings: router.settings })));
  await files.write(file, before!);
  await router.sut.passDriftPeriod();
  return found;
}
