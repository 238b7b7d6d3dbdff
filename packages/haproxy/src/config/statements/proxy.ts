import { formatTime, parseCount, parseTime } from '../units.ts';
import { type Codec, expectWords, oneOf, syntax } from './codec.ts';
import { type Condition, conditionWords, splitCondition } from './condition.ts';

const modes = ['tcp', 'http'] as const;
const algorithms = [
  'roundrobin',
  'static-rr',
  'leastconn',
  'first',
  'source',
  'uri',
  'url_param',
  'random',
  'hash',
] as const;
const hashMethods = ['map-based', 'consistent'] as const;
const hashFunctions = ['sdbm', 'djb2', 'wt6', 'crc32', 'none'] as const;
const timeoutEvents = [
  'check',
  'client',
  'client-fin',
  'connect',
  'http-keep-alive',
  'http-request',
  'queue',
  'server',
  'server-fin',
  'tarpit',
  'tunnel',
] as const;

/** `mode tcp|http`. */
export interface ModeStatement {
  keyword: 'mode';
  mode: (typeof modes)[number];
}

/** `balance ALGORITHM [ARGUMENTS]`. */
export interface BalanceStatement {
  keyword: 'balance';
  algorithm: (typeof algorithms)[number];
  arguments: string[];
}

/** `hash-type METHOD [FUNCTION] [avalanche]`. */
export interface HashTypeStatement {
  keyword: 'hash-type';
  method: (typeof hashMethods)[number];
  function?: (typeof hashFunctions)[number];
  avalanche?: true;
}

/** `timeout EVENT TIME`. */
export interface TimeoutStatement {
  keyword: 'timeout';
  event: (typeof timeoutEvents)[number];
  milliseconds: number;
}

/** `acl NAME CRITERION ...`. */
export interface AclStatement {
  keyword: 'acl';
  name: string;
  test: string[];
}

const ruleKeywords = [
  'http-request',
  'http-response',
  'http-after-response',
  'tcp-request',
  'tcp-response',
  'redirect',
  'use_backend',
  'use-server',
  'force-persist',
  'ignore-persist',
] as const;

/** A rule: what is done, and when. */
export interface RuleStatement {
  keyword: (typeof ruleKeywords)[number];
  /** `content reject`, `set-header X-A b` ... */
  action: string[];
  condition?: Condition;
}

/** `mode tcp|http|...`. */
export const modeCodec: Codec<ModeStatement> = {
  read(words) {
    expectWords(words, 1);
    return { keyword: 'mode', mode: oneOf(modes, words[0], 'mode') };
  },
  write: ({ mode }) => [mode],
};

/** `balance ALGORITHM [ARGUMENTS]`. */
export const balanceCodec: Codec<BalanceStatement> = {
  read: ([algorithm, ...words]) => ({
    keyword: 'balance',
    algorithm: oneOf(algorithms, algorithm, 'algorithm'),
    arguments: words,
  }),
  write: (balance) => [balance.algorithm, ...balance.arguments],
};

/** `hash-type METHOD [FUNCTION] [avalanche]`. */
export const hashTypeCodec: Codec<HashTypeStatement> = {
  read([method, ...words]) {
    const hash: HashTypeStatement = { keyword: 'hash-type', method: oneOf(hashMethods, method, 'hash method') };
    const avalanche = words.at(-1) === 'avalanche';
    const rest = avalanche ? words.slice(0, -1) : words;
    expectWords(rest, 0, 1);
    if (rest.length > 0) hash.function = oneOf(hashFunctions, rest[0], 'hash function');
    if (avalanche) hash.avalanche = true;
    return hash;
  },
  write: (hash) => [
    hash.method,
    ...(hash.function === undefined ? [] : [hash.function]),
    ...(hash.avalanche ? ['avalanche'] : []),
  ],
};

/** `timeout EVENT TIME`; the statement has the time in milliseconds. */
export const timeoutCodec: Codec<TimeoutStatement> = {
  read(words) {
    expectWords(words, 2);
    const event = oneOf(timeoutEvents, words[0], 'timeout');
    return { keyword: 'timeout', event, milliseconds: parseTime(words[1]!) };
  },
  write: ({ event, milliseconds }) => [event, formatTime(milliseconds)],
};

/** `acl NAME TEST`. */
export const aclCodec: Codec<AclStatement> = {
  read([name, ...test]) {
    if (name === undefined || test.length === 0) throw syntax('"acl" needs a name and a test');
    return { keyword: 'acl', name, test };
  },
  write: ({ name, test }) => [name, ...test],
};

const ruleCodec = (keyword: RuleStatement['keyword']): Codec<RuleStatement> => ({
  read(words) {
    const [action, condition] = splitCondition(words);
    // These two have nothing but a condition.
    if (action.length === 0 && !keyword.endsWith('-persist')) throw syntax(`"${keyword}" needs an action`);
    return condition ? { keyword, action, condition } : { keyword, action };
  },
  write: ({ action, condition }) => [...action, ...conditionWords(condition)],
});

/** By keyword: lines of an action and a condition, such as `http-request ACTION if TEST`. */
export const ruleCodecs = Object.fromEntries(ruleKeywords.map((keyword) => [keyword, ruleCodec(keyword)])) as Record<
  RuleStatement['keyword'],
  Codec<RuleStatement>
>;

const numberKeywords = [
  'maxconn',
  'fullconn',
  'retries',
  'nbthread',
  'maxsslconn',
  'mworker-max-reloads',
  'ulimit-n',
] as const;

/** A keyword with one whole number. */
export interface NumberStatement {
  keyword: (typeof numberKeywords)[number];
  value: number;
}

const numberCodec = (keyword: NumberStatement['keyword']): Codec<NumberStatement> => ({
  read(words) {
    expectWords(words, 1);
    return { keyword, value: parseCount(keyword, words[0]) };
  },
  write: ({ value }) => [value],
});

/** By keyword: lines of one number, such as `maxconn NUMBER`. */
export const numberCodecs = Object.fromEntries(
  numberKeywords.map((keyword) => [keyword, numberCodec(keyword)]),
) as Record<NumberStatement['keyword'], Codec<NumberStatement>>;
