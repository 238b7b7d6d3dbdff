import { describe, expect, it } from 'vitest';
import { aRule } from '../testing/rules.ts';
import { parseDatabag } from './databag.ts';
import { CloudStackError } from './errors.ts';
import { databagOf, storedDatabag } from './queue-file.ts';
import { defaultSettings } from './settings.ts';

const queueFile = databagOf([aRule()], defaultSettings);

describe('parseDatabag', () => {
  it('reads a queue file', () => {
    expect(parseDatabag(JSON.stringify(queueFile))).toEqual({ list: 'rules', config: queueFile.rules[0], unread: [] });
  });

  it('reads a stored databag', () => {
    const text = JSON.stringify(storedDatabag(queueFile));
    expect(parseDatabag(text)).toEqual({ list: 'config', config: queueFile.rules[0], unread: [] });
  });

  it('takes the first entry, as the router does, keeps what later versions add, and names the rest', () => {
    const first = { ...queueFile.rules[0], is_transparent: false };
    const list = [first, databagOf([], defaultSettings).rules[0], 7];
    const queued = { rules: list, type: 'loadbalancer', delete_from_processed_cache: false, more: 1 };
    expect(parseDatabag(JSON.stringify(queued))).toEqual({
      list: 'rules',
      config: first,
      unread: ['rules[1]', 'rules[2]', 'more'],
    });
    expect(parseDatabag(JSON.stringify({ config: list, id: 'loadbalancer', rules: [] }))).toEqual({
      list: 'config',
      config: first,
      unread: ['config[1]', 'config[2]', 'rules'],
    });
  });

  it('says in words where it is no JSON', () => {
    expect(() => parseDatabag('{')).toThrow(/^databag: not JSON: (?!SyntaxError)/);
  });

  it.each([
    ['{', 'CLOUDSTACK_DATABAG_NOT_JSON', 'databag'],
    ['null', 'CLOUDSTACK_DATABAG_SHAPE', 'databag'],
    ['{"rules":[],"type":"loadbalancer"}', 'CLOUDSTACK_DATABAG_SHAPE', 'rules[0]'],
    [JSON.stringify({ ...queueFile, type: 'ips' }), 'CLOUDSTACK_DATABAG_SHAPE', 'type'],
    [
      JSON.stringify({ ...queueFile, rules: [{ ...queueFile.rules[0], configuration: ['global', 7] }] }),
      'CLOUDSTACK_DATABAG_SHAPE',
      'rules[0].configuration[1]',
    ],
    ...[[], ['', '\t ', '\n']].map((configuration): [string, string, string] => [
      JSON.stringify({ ...queueFile, rules: [{ ...queueFile.rules[0], configuration }] }),
      'CLOUDSTACK_DATABAG_SHAPE',
      'rules[0].configuration',
    ]),
    [JSON.stringify({ config: [{}], id: 'loadbalancer' }), 'CLOUDSTACK_DATABAG_SHAPE', 'config[0].configuration'],
    ...Object.keys(queueFile.rules[0]!).flatMap((field) =>
      [undefined, null, 7, {}].map((value): [string, string, string] => [
        JSON.stringify({ ...queueFile, rules: [{ ...queueFile.rules[0], [field]: value }] }),
        'CLOUDSTACK_DATABAG_SHAPE',
        `rules[0].${field}`,
      ]),
    ),
    ...[undefined, null, 7, {}, 'text'].flatMap((value): [string, string, string][] => [
      [JSON.stringify({ ...queueFile, rules: value }), 'CLOUDSTACK_DATABAG_SHAPE', 'rules'],
      [JSON.stringify({ ...queueFile, type: value }), 'CLOUDSTACK_DATABAG_SHAPE', 'type'],
    ]),
  ])('refuses %.40s with the place', (text, code, place) => {
    expect(() => parseDatabag(text)).toThrow(CloudStackError);
    expect(() => parseDatabag(text)).toThrow(expect.objectContaining({ code, place }));
    const isShape = code === 'CLOUDSTACK_DATABAG_SHAPE';
    const said = isShape ? /: expected .+, (got .+|but it is missing); a databag is / : /: not JSON: /;
    expect(() => parseDatabag(text)).toThrow(said);
    expect(() => parseDatabag(text)).not.toThrow(/tuple|undefined/);
  });

  it('names one of many mistakes, since a schema that names each takes more memory than a router has', () => {
    const many = (of: string): string => `[${`${of},`.repeat(300_000)}${of}]`;
    expect(() => parseDatabag(`{"config":${many('{}')},"id":"loadbalancer"}`)).toThrow(/^config\[0\]\.configuration: /);
    const { configuration: _, ...rest } = queueFile.rules[0]!;
    const lines = JSON.stringify({ rules: [rest], type: 'loadbalancer' }).replace(
      '[{',
      `[{"configuration":${many('0')},`,
    );
    expect(() => parseDatabag(lines)).toThrow(/^rules\[0\]\.configuration\[0\]: /);
  });
});
