import { type Codec, expectWords } from './codec.ts';

const many = Number.POSITIVE_INFINITY;

/** Keywords whose words are taken as they are, with the least and the most of them. */
const counts = {
  'ca-base': [1, 1],
  'cluster-secret': [1, 1],
  'cpu-map': [2, many],
  'crt-base': [1, 1],
  'default-path': [1, 2],
  'dynamic-cookie-key': [1, 1],
  'expose-experimental-directives': [0, 0],
  'hard-stop-after': [1, 1],
  'http-reuse': [1, 1],
  'load-server-state-from-file': [1, 1],
  'log-format': [1, 1],
  'log-send-hostname': [0, 1],
  'log-tag': [1, 1],
  'master-worker': [0, 1],
  'monitor-uri': [1, 1],
  'server-state-base': [1, 1],
  'server-state-file': [1, 1],
  'server-state-file-name': [0, 1],
  'spread-checks': [1, 1],
  'ssl-default-bind-ciphers': [1, 1],
  'ssl-default-bind-ciphersuites': [1, 1],
  'ssl-default-bind-options': [1, many],
  'ssl-default-server-ciphers': [1, 1],
  'ssl-default-server-ciphersuites': [1, 1],
  'ssl-default-server-options': [1, many],
  'ssl-server-verify': [1, 1],
  'stats-file': [1, 1],
  'strict-limits': [0, 0],
  'tcp-check': [1, many],
  'unix-bind': [2, many],
  'zero-warning': [0, 0],
  chroot: [1, 1],
  daemon: [0, 0],
  default_backend: [1, 1],
  description: [1, many],
  disabled: [0, 0],
  enabled: [0, 0],
  errorfile: [2, 2],
  gid: [1, 1],
  grace: [1, 1],
  group: [1, 1],
  guid: [1, 1],
  id: [1, 1],
  localpeer: [1, 1],
  log: [1, many],
  node: [1, 1],
  pidfile: [1, 1],
  presetenv: [2, 2],
  setenv: [2, 2],
  table: [2, many],
  uid: [1, 1],
  user: [1, 1],
} as const satisfies Record<string, readonly [number, number]>;

/** A keyword and its words, in which no more is read. */
export interface PlainStatement {
  keyword: keyof typeof counts;
  arguments: string[];
}

const plainCodec = (
  keyword: PlainStatement['keyword'],
  [least, most]: readonly [number, number],
): Codec<PlainStatement> => ({
  read(words) {
    expectWords(words, least, most);
    return { keyword, arguments: [...words] };
  },
  write: (plain) => plain.arguments,
});

/** By keyword: lines of which only the number of words is checked. */
export const plainCodecs = Object.fromEntries(
  Object.entries(counts).map(([keyword, range]) => [keyword, plainCodec(keyword as PlainStatement['keyword'], range)]),
) as Record<PlainStatement['keyword'], Codec<PlainStatement>>;

/** `tune.NAME VALUE` of `global`: a family of keywords that grows with every version. */
export interface TuneStatement {
  keyword: 'tune';
  name: string;
  value: string;
}

/** `tune.NAME VALUE`; `name` is what follows the dot. */
export const tuneCodec = (name: string): Codec<TuneStatement> => ({
  read(words) {
    expectWords(words, 1);
    return { keyword: 'tune', name, value: words[0]! };
  },
  write: ({ value }) => [value],
});
