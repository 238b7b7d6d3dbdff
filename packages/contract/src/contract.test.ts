import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type Command,
  type CommandResult,
  ContractError,
  createClient,
  describeIssue,
  dispatch,
  type PutRule,
  parseCommand,
  type RouterHandlers,
} from './index.ts';

const MEMBER = { vm: 'i-2-10-VM', ip: '10.1.1.10', port: 8080, state: 'serving' } as const;
const PUT: PutRule = {
  type: 'putRule',
  rule: {
    ip: '10.0.53.2',
    port: 8080,
    protocol: 'tcp',
    algorithm: 'roundrobin',
    cidrs: ['10.0.0.0/8'],
    stickiness: { method: 'SourceBased', tableSize: 204_800, expireSeconds: 1800 },
    members: [MEMBER],
  },
  generation: 7,
};
const RESULT: CommandResult = { outcome: 'applied', rules: [] };

function put(rule: Record<string, unknown>, rest: Record<string, unknown> = {}): unknown {
  return { ...PUT, rule: { ...PUT.rule, ...rule }, ...rest };
}

describe('parseCommand', () => {
  it('takes what is a command', () => expect(parseCommand(PUT)).toEqual(PUT));

  it.each([
    [
      put({
        members: [MEMBER, { ...MEMBER, vm: 'b' }, { ...MEMBER, vm: 'c' }, { ...MEMBER, vm: 'd', ip: '10.1.1.300' }],
      }),
      'putRule.rule.members[3].ip: expected an IPv4 address, got "10.1.1.300"',
    ],
    [put({ members: [MEMBER, MEMBER] }), 'putRule.rule.members[1]: repeats i-2-10-VM: each may stand once'],
    [
      put({ members: [{ ...MEMBER, vm: 'a\nserver evil 1.2.3.4' }] }),
      'putRule.rule.members[0].vm: expected 1 to 64 letters, digits, "_", "." and "-", such as vm-17, got "a\\nserver evil 1.2.3.4"',
    ],
    [
      put({ stickiness: { method: 'Cookies' } }),
      'putRule.rule.stickiness.method: expected one of "none", "SourceBased", "LbCookie", "AppCookie", got "Cookies"',
    ],
    [put({ stickiness: { method: 'none', tableSize: 1 } }), 'putRule.rule.stickiness.tableSize: unknown field'],
    [
      put({ stickiness: { method: 'SourceBased', tableSize: 1, expireSeconds: 99 * 86_400 } }),
      'putRule.rule.stickiness.expireSeconds: expected at most 2147483, got 8553600',
    ],
    [
      put({ cidrs: ['10.0.0.0/8,10.1.0.0/16'] }),
      'putRule.rule.cidrs[0]: expected an IPv4 network as a.b.c.d/n, got "10.0.0.0/8,10.1.0.0/16"',
    ],
    [
      put({ cidrs: Array.from({ length: 513 }, () => '10.0.0.0/8') }),
      'putRule.rule.cidrs: expected at most 512 items, got a list of 513',
    ],
    [put({ 'a b': 1 }), 'putRule.rule."a b": unknown field'],
    [put({ port: '80' }), 'putRule.rule.port: expected an integer, got "80"'],
    [
      put({ algorithm: 'RoundRobin' }),
      'putRule.rule.algorithm: expected one of "roundrobin", "leastconn", "source", got "RoundRobin"',
    ],
    [
      put({ algorithm: undefined }),
      'putRule.rule.algorithm: expected one of "roundrobin", "leastconn", "source", but it is missing',
    ],
    [put({}, { generation: 0 }), 'putRule.generation: expected at least 1, got 0'],
    [put({}, { extra: true }), 'putRule.extra: unknown field'],
    [
      {
        type: 'syncRules',
        snapshot: {
          revision: 9,
          rules: [
            { rule: PUT.rule, generation: 1 },
            { rule: PUT.rule, generation: 2 },
          ],
        },
      },
      'syncRules.snapshot.rules[1]: repeats 10.0.53.2:8080: each may stand once',
    ],
    [
      { type: 'flushRules' },
      'command.type: expected one of "putRule", "removeRule", "syncRules", "reportRules", got "flushRules"',
    ],
    [{}, 'command.type: expected one of "putRule", "removeRule", "syncRules", "reportRules", but it is missing'],
    ['putRule', 'command: expected an object, got "putRule"'],
    [undefined, 'command: expected an object, but it is missing'],
  ])('%j', (value, message) => {
    expect(() => parseCommand(value)).toThrow(ContractError);
    expect(() => parseCommand(value)).toThrow(message);
  });

  it('tells the field and a stable code', () => {
    const error = catchError(() => parseCommand(put({ ip: '::1' })));
    expect(error).toMatchObject({ code: 'CONTRACT_INVALID', path: 'putRule.rule.ip' });
  });
});

describe('dispatch and client', () => {
  it('reach the handler of the command', async () => {
    const heard: Command[] = [];
    const hear = async (command: Command) => {
      heard.push(command);
      return RESULT;
    };
    const handlers: RouterHandlers = { putRule: hear, removeRule: hear, syncRules: hear, reportRules: hear };
    const client = createClient((command) => dispatch(handlers, command));
    await client.putRule(PUT);
    await client.reportRules({ type: 'reportRules' });
    expect(heard).toEqual([PUT, { type: 'reportRules' }]);
  });

  it('refuse what is not an answer', async () => {
    const client = createClient(async () => ({ outcome: 'done', rules: [] }));
    await expect(client.reportRules({ type: 'reportRules' })).rejects.toThrow(
      'answer to reportRules.outcome: expected one of "applied", "refused", "superseded", got "done"',
    );
  });

  it('refuse what is not a command', async () => {
    const handlers = createClient(async () => RESULT);
    await expect(dispatch(handlers, { type: 'flushRules' } as never)).rejects.toThrow(ContractError);
  });
});

function catchError(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

it('has words for every pattern of the schemas', () => {
  const schemas = readFileSync(new URL('./schemas.generated.ts', import.meta.url), 'utf8');
  const patterns = [...schemas.matchAll(/\.regex\((\/.*?\/)\)/g)].map(([, pattern]) => pattern!);
  expect(patterns.length).toBeGreaterThan(5);
  for (const pattern of patterns) {
    const { error } = z
      .string()
      .regex(new RegExp(pattern.slice(1, -1)))
      .safeParse('');
    expect(describeIssue(error!.issues[0]!, '')).not.toContain('matches');
  }
});
