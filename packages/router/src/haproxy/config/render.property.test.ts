import { parse, type RuleRecord, ruleRecordSchema } from '@limpet/contract';
import { parseConfig, readListens } from '@limpet/haproxy';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyRule, anyRules } from '../../../testing/arbitrary-rules.ts';
import { idsFor, rendered, specs } from '../../../testing/rendered.ts';
import { modeOf } from '../../mode.ts';
import { keyOf, proxyName, ruleId } from '../../names.ts';
import { validateRule } from '../admission/validate-rule.ts';
import { chainRules } from '../firewall/chain-rules.ts';
import { fieldChanges } from '../plan/field-changes.ts';
import { reloadReason, staticTextOf } from '../plan/reload-reason.ts';
import { defaultHaproxy } from './default-haproxy.ts';
import { globalFile } from './names.ts';
import { routerPaths } from './paths.ts';
import { lineRanges, renderFiles } from './render.ts';
import { defaultSettings } from './settings.ts';

const ip = '10.0.53.2';
const certificate = '/etc/limpet/site.pem';
const oneRule = anyRule(ip, certificate);
const manyRules = anyRules(ip, certificate);

it('says in the file what the rule says, and nothing of another rule', () => {
  fc.assert(
    fc.property(manyRules, (rules) => {
      const listens = new Map(readListens(parseConfig(rendered(rules).text)).map((listen) => [listen.name, listen]));
      expect([...listens.keys()].sort()).toEqual(rules.map(proxyName).sort());
      for (const rule of rules) {
        const listen = listens.get(proxyName(rule))!;
        const { timeouts = {}, maxConnections = 4096, healthCheck } = rule;
        expect(listen).toMatchObject({ mode: modeOf(rule), balance: rule.algorithm, maxconn: maxConnections });
        expect(listen.timeouts).toEqual({
          connect: timeouts.connectMs ?? 5000,
          client: timeouts.clientMs ?? 50_000,
          server: timeouts.serverMs ?? 50_000,
          ...(healthCheck && { check: healthCheck.timeoutMs }),
        });
        const servers = rule.members.map(({ vm, ip: address, port, state, weight = 1 }) => ({
          name: vm,
          ip: address,
          port,
          check: true,
          disabled: state === 'maintenance',
          weight: state === 'draining' ? 0 : weight,
        }));
        expect(listen.servers).toMatchObject(servers);
        const sendProxy = listen.servers.map(({ options }) => options.includes('send-proxy'));
        expect(sendProxy).toEqual(servers.map(() => rule.protocol === 'tcp-proxy'));
      }
    }),
    { numRuns: 200 },
  );
});

it('knows of every line which rule it is there for', () => {
  fc.assert(
    fc.property(manyRules, (rules) => {
      const all = specs(rules);
      const { config } = renderFiles(all, defaultSettings, routerPaths('/run/limpet'));
      const ranges = lineRanges(all, defaultSettings, routerPaths('/run/limpet'));
      expect([...ranges.keys()]).toEqual([...config.keys()]);
      const found = [...config].flatMap(([name, text]) => {
        const lines = text.split('\n').slice(0, -1);
        let next = 1;
        const sections = ranges.get(name)!.map(({ first, last, rule }) => {
          expect(first).toBe(next);
          expect(last).toBeGreaterThanOrEqual(first);
          next = last + 1;
          return { rule, opens: lines.slice(first - 1, last).filter((line) => /^listen /.test(line)) };
        });
        expect(next).toBe(lines.length + 1);
        return name === globalFile ? [] : sections;
      });
      expect(found.map(({ rule }) => rule).sort()).toEqual(rules.map(ruleId).sort());
      for (const { rule, opens } of found) expect(opens).toEqual([`listen ${proxyName(keyOf(rule!))}`]);
    }),
    { numRuns: 60 },
  );
});

it('writes the same bytes for the same rules, in whichever order they come (B20)', () => {
  fc.assert(
    fc.property(manyRules, (rules) => {
      const ids = idsFor(rules);
      expect(rendered(rules.toReversed(), { ids })).toEqual(rendered(rules, { ids }));
    }),
    { numRuns: 100 },
  );
});

it('restores the exact files and accepts when a rule comes and goes (B21)', () => {
  fc.assert(
    fc.property(manyRules, oneRule, (rules, another) => {
      const others = rules.filter(({ port }) => port !== another.port);
      const ids = idsFor(others);
      const more = idsFor([...others, another], ids);
      const back = { ...more, ids: idsFor(others, more).ids };
      expect(rendered([...others, another], { ids: more }).text).not.toBe(rendered(others, { ids }).text);
      expect(rendered(others, { ids: back })).toEqual(rendered(others, { ids }));
      expect(chainRules(others)).toEqual(chainRules([...others, another]).slice(0, chainRules(others).length));
    }),
    { numRuns: 100 },
  );
});

it('gives a reason for a reload when, and only when, the mark is another', () => {
  const paths = routerPaths('/run/limpet');
  fc.assert(
    fc.property(oneRule, oneRule, fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }), (from, other, picks) => {
      const to = mix(from, { ...other, port: from.port }, picks);
      const ids = idsFor([{ ...from, members: [...from.members, ...to.members] }]);
      const [[was], [is]] = [specs([from], ids), specs([to], ids)];
      const reason = reloadReason(
        was,
        is,
        fieldChanges(from, to),
        staticTextOf(paths, defaultSettings, defaultHaproxy),
      );
      const marks = [from, to].map((rule) => rendered([rule], { ids, paths }).configHash);
      // The table of a rule without stickiness stays what it was, in a router's store and not here.
      if (from.stickiness.method === to.stickiness.method) expect(reason !== null).toBe(marks[0] !== marks[1]);
    }),
    { numRuns: 300 },
  );
});

/** `from` with some of the other's fields. */
function mix(from: RuleRecord, other: RuleRecord, picks: readonly boolean[]): RuleRecord {
  const fields = [
    'algorithm',
    'cidrs',
    'stickiness',
    'timeouts',
    'maxConnections',
    'keepAlive',
    'forwarded',
    'tls',
    'healthCheck',
    'members',
  ];
  const chosen = fields.filter((field, at) => picks[at] && field in other);
  return { ...from, ...Object.fromEntries(chosen.map((field) => [field, other[field as keyof RuleRecord]])) };
}

const full: RuleRecord = {
  ip,
  port: 443,
  protocol: 'ssl',
  algorithm: 'roundrobin',
  cidrs: ['10.0.0.0/8'],
  stickiness: {
    method: 'LbCookie',
    cookieName: 'LB',
    mode: 'insert',
    nocache: true,
    indirect: true,
    postonly: false,
    domains: ['a.test'],
  },
  certificate,
  timeouts: { connectMs: 1, clientMs: 2, serverMs: 3 },
  maxConnections: 10,
  keepAlive: false,
  forwarded: true,
  tls: { minVersion: 'TLSv1.2', ciphers: 'HIGH', ciphersuites: 'TLS_AES_128_GCM_SHA256', tickets: false, http2: true },
  healthCheck: {
    ...{ path: '/health', method: 'HEAD', host: 'www.example.org', expect: '200-399', port: 8009, tls: true },
    ...{ intervalMs: 1000, timeoutMs: 500, healthyThreshold: 2, unhealthyThreshold: 3 },
  },
  members: [{ vm: 'vm1', ip: '10.1.1.1', port: 80, state: 'serving', weight: 2 }],
};
const app: RuleRecord = {
  ...full,
  stickiness: { method: 'AppCookie', cookieName: 'JSESSIONID', length: 52, holdTimeSeconds: 60, requestLearn: true },
};
const source: RuleRecord = { ...full, stickiness: { method: 'SourceBased', tableSize: 1000, expireSeconds: 60 } };

/** Paths of all that is a string or a number in a rule. */
const leaves = (value: unknown, path: string[] = []): string[][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, each]) => leaves(each, [...path, key]))
    : [path];

const replace = (value: unknown, [key, ...rest]: readonly string[], leaf: unknown): unknown => {
  if (key === undefined) return leaf;
  const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...(value as object) };
  copy[key] = replace(copy[key], rest, leaf);
  return copy;
};

const shapeOf = (rule: RuleRecord): string[] =>
  parseConfig(rendered([rule]).text).sections.flatMap(({ kind, lines }) => [
    kind,
    ...lines.map(({ words }) => `${words[0]} ${words.length}`),
  ]);

const hostile = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'ab1_.-/:#\\"\'$ \t\n\r\0;{}%~?&=<>,()é'), maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(...'ABab019_.-/'), minLength: 1, maxLength: 10 }),
  fc.string({ unit: fc.constantFrom(...'/ab?=&%~._'), minLength: 1, maxLength: 10 }).map((rest) => `/${rest}`),
  fc.constantFrom('x\n  server evil 1.2.3.4:80', 'LB insert', 'a # b', '$(id)', '%[src]', '1.2.3.4', '10.0.0.0/8'),
  fc.integer({ min: -3, max: 70_000 }),
  fc.double(),
);

/** Many in CI, some on a person's machine. */
const hostileRuns = process.env.CI === 'true' ? 100_000 : 20_000;

it('takes any value in any field as one harmless token, or refuses it by the field’s name', () => {
  const cases = [full, app, source].flatMap((rule) => {
    const shape = shapeOf(rule);
    return leaves(rule).map((path) => ({ rule, path, shape }));
  });
  const outcomes = { refused: 0, written: 0 };
  fc.assert(
    fc.property(fc.constantFrom(...cases), hostile, ({ rule, path, shape }, value) => {
      const candidate = replace(rule, path, value);
      let record: RuleRecord;
      try {
        record = parse(ruleRecordSchema, candidate, 'rule');
      } catch (error) {
        expect((error as Error).message).toContain(path[0]);
        outcomes.refused++;
        return;
      }
      const refusal = validateRule(record, defaultSettings, new Set([ip]));
      if (refusal) {
        expect(refusal.message.split(/[.:]/)[0]).toBe(path[0] === 'protocol' ? 'certificate' : path[0]);
        outcomes.refused++;
        return;
      }
      const { mode } = record.stickiness as { mode?: string };
      if (path[0] === 'protocol' || mode === 'rewrite') return;
      expect(shapeOf(record)).toEqual(shape);
      outcomes.written++;
    }),
    { numRuns: hostileRuns },
  );
  expect(Math.min(outcomes.refused, outcomes.written)).toBeGreaterThan(hostileRuns / 20);
});
