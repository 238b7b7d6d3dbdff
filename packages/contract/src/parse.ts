import type { z } from 'zod';
import { canonicalCommand } from './canonical.ts';
import type { Command } from './commands.generated.ts';
import { ContractError } from './contract-error.ts';
import type { CommandResult } from './records.generated.ts';
import { commandResultSchema, commandSchema } from './schemas.generated.ts';

type Issue = z.core.$ZodIssue;

const FORMATS: Readonly<Record<string, string>> = {
  ipv4: 'an IPv4 address',
  cidrv4: 'an IPv4 network as a.b.c.d/n',
  datetime: 'a time in ISO 8601',
};

/** Names of types as authors of JSON know them. */
const TYPES: Readonly<Record<string, string>> = {
  int: 'an integer',
  number: 'an integer',
  tuple: 'an array',
};

/** What the patterns of `records.ts` ask for, slashes not escaped; a test holds that there is none without words. */
const WORDS: Readonly<Record<string, string>> = {
  '/^[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$/': 'a host, with or without a port, such as www.example.org or 10.0.0.1:8080',
  '/^[1-5][0-9]{2}(-[1-5][0-9]{2})?(,[1-5][0-9]{2}(-[1-5][0-9]{2})?){0,15}$/':
    'HTTP statuses, such as 200 or 200,300-399',
  '/^[A-Za-z0-9_.-]{1,64}$/': '1 to 64 letters, digits, "_", "." and "-", such as vm-17',
  '/^[A-Za-z0-9.-]{1,253}$/': 'a domain such as example.com',
  '/^/[A-Za-z0-9._~/?=&%-]{0,255}$/': 'a path such as /health, of letters, digits and ._~/?=&%-',
  '/^/[A-Za-z0-9_./-]{1,255}$/': 'an absolute path such as /etc/ssl/site.pem, of letters, digits and _./-',
  '/^[A-Z][A-Za-z]{0,63}$/': 'one word in CamelCase, such as InForce',
  '/^[A-Za-z0-9_:+!@=.-]{1,2048}$/': 'ciphers as OpenSSL names them, joined by ":"',
  '/^[!-~]{1,128}$/': '1 to 128 printable characters without blanks',
  '/^[a-z_][a-z0-9_-]{0,31}$/': 'a name of the operating system such as haproxy',
  '/^(kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|auth2|ftp|ntp|audit|alert|cron2|local[0-7])$/':
    'a facility of syslog such as local0',
};

/**
 * A command from outside, with its rules in their canonical form.
 *
 * @throws ContractError that names the first wrong field, such as
 * `putRule.rule.members[3].ip: expected an IPv4 address, got "10.1.1.300"`
 */
export function parseCommand(value: unknown): Command {
  return canonicalCommand(parse(commandSchema, value, commandName(value)));
}

/**
 * A router's answer from outside.
 *
 * @throws ContractError that names the first wrong field
 */
export function parseCommandResult(value: unknown): CommandResult {
  return parse(commandResultSchema, value, 'result');
}

/**
 * Checks a value from outside against a schema.
 *
 * @param name - what the value is called in the error's path
 * @throws ContractError that names the first wrong field
 */
export function parse<T>(schema: z.ZodType<T>, value: unknown, name: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue === undefined) throw new ContractError(name, 'is not valid');
  // Of several unknown keys the first is named; a missing one is told by its own path.
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
  throw new ContractError(dotted(path, name), describeIssue(issue, valueAt(value, issue.path)));
}

/** The error for a command that no handler exists for. Takes `never`: with a handler for each, no typed call reaches it. */
export function unknownCommand(command: never): ContractError {
  return new ContractError('command', `no handler for ${JSON.stringify(command)}`);
}

function commandName(value: unknown): string {
  const type = valueAt(value, ['type']);
  return commandSchema.options.find((option) => option.shape.type.value === type)?.shape.type.value ?? 'command';
}

/**
 * What is wrong with a value, in words for its author: `expected an IPv4 address, got "10.1.1.300"`.
 *
 * @param value - the value at the issue's path
 */
export function describeIssue(issue: Issue, value: unknown): string {
  if (issue.code === 'unrecognized_keys') return 'unknown field';
  if (issue.code === 'custom') {
    const repeated = issue.params?.repeats;
    return repeated === undefined ? issue.message : `repeats ${String(repeated)}: each may stand once`;
  }
  const expected = expectation(issue);
  return value === undefined
    ? `expected ${expected}, but it is missing`
    : `expected ${expected}, got ${excerpt(value)}`;
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_format':
      return (
        FORMATS[issue.format] ??
        WORDS[String(issue.pattern).replaceAll('\\/', '/')] ??
        `text that matches ${issue.pattern}`
      );
    case 'invalid_type':
      return TYPES[issue.expected] ?? `${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_union':
      return oneOf('options' in issue && Array.isArray(issue.options) ? issue.options : []);
    case 'too_small':
      return `at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'array' ? `at most ${issue.maximum} items` : `at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1
    ? JSON.stringify(values[0])
    : `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`;
}

/**
 * A path into a value, keys and indices from the top: `rules[1].stickiness`, or `(top)` for the value itself. A key that is no
 * word is quoted, as in `rules[1]."a b"`.
 *
 * @param name - what the value itself is called, before its keys
 */
export function dotted(path: readonly PropertyKey[], name = ''): string {
  const word = (key: PropertyKey): string =>
    /^[\w.-]+$/.test(String(key)) ? String(key) : JSON.stringify(String(key));
  const text = name + path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${word(key)}`)).join('');
  return text === '' ? '(top)' : text.replace(/^\./, '');
}

/** The value at `path`, keys and indices from the top; undefined when there is none. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

/** Enough of a value to find it again, for a message. */
export function excerpt(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
