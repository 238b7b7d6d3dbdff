import {
  type DefaultTimeouts,
  defaultTimeoutsSchema,
  type HaproxySettings,
  haproxySettingsSchema,
  type LogTarget,
  logTargetSchema,
  type TlsOptions,
  tlsOptionsSchema,
} from '@limpet/contract';
import type { LoadBalancerConfig } from '../databag.ts';
import { readTlsOptions } from '../tls-options.ts';
import { parseTimeout } from '../units.ts';
import { checked } from './checked.ts';
import type { ConfigLine } from './lines.ts';
import type { Notes } from './notes.ts';
import { readStatistics } from './read-statistics.ts';
import { type ConfigSection, isStatisticsSection, syntax } from './sections.ts';

/** What a databag says of HAProxy beside the rules; CloudStack's has no peers. */
export type DatabagSettings = Omit<HaproxySettings, 'peersPort'>;

/** The settings while they are read, and what else the `defaults` section says of rules. */
interface Draft {
  settings: DatabagSettings;
  /** `log global` */
  logsRules: boolean;
  /** Whether HTTP rules that do not say so keep connections. */
  keepAlive: boolean;
  /** Of all `ssl-default-bind-options` lines, which HAProxy takes together. */
  bindOptions: string[];
}

type Reader = (draft: Draft, line: ConfigLine, notes: Notes) => void;

const { shape } = haproxySettingsSchema;
const done: Reader = () => {};
const note =
  (why: string): Reader =>
  (_, line, notes) =>
    notes.add(line, why);

/** The line's only value, as a number. */
function numberIn(line: ConfigLine): number {
  const [, value = '', ...rest] = line.words;
  if (!/^\d{1,12}$/.test(value) || rest.length > 0) throw syntax(line, `"${line.text}" should have one number`);
  return Number(value);
}

const named =
  (field: 'user' | 'group' | 'chroot'): Reader =>
  ({ settings }, line) => {
    settings[field] = checked(shape[field].unwrap(), line.words.slice(1).join(' '), line);
  };

const readLog: Reader = (draft, line, notes) => {
  const [, target = '', facility, level = 'debug', ...rest] = line.words;
  if (rest.length > 0) notes.add(line, `"${rest.join(' ')}" is left out: each message has its own level`);
  const [ip, port = '514'] = target.split(':');
  const log: unknown = { ip, port: Number(port), facility, level };
  if (draft.settings.log) notes.add(line, 'HAProxy logs to one target; this is a second one');
  else draft.settings.log = checked<LogTarget>(logTargetSchema, log, line);
};

/** @param words of the TLS options @throws CloudStackError when one of them is not known, and takes none of them */
function setTls({ settings }: Draft, line: ConfigLine, words: readonly string[]): void {
  const { tls, left } = readTlsOptions(words);
  if (left.length > 0) throw syntax(line, `"${left[0]}" is not known`);
  settings.tls = checked<TlsOptions>(tlsOptionsSchema, { ...settings.tls, ...tls }, line);
}

const readCiphers: Reader = (draft, line) => {
  const [keyword, ...values] = line.words;
  setTls(draft, line, [keyword!.replace('ssl-default-bind-', ''), ...values]);
};

const readBindOptions: Reader = (draft, line) => {
  const options = [...draft.bindOptions, ...line.words.slice(1)];
  setTls(draft, line, options);
  draft.bindOptions = options;
};

/** Maps, as all tables whose keys are words of a databag: an object has `__proto__` and `constructor` as well. */
const globalReaders: ReadonlyMap<string, Reader> = new Map(
  Object.entries<Reader>({
    log: readLog,
    maxconn: ({ settings }, line) => {
      settings.maxConnections = checked(shape.maxConnections, numberIn(line), line);
    },
    maxpipes: ({ settings }, line) => {
      settings.maxPipes = checked(shape.maxPipes.unwrap(), numberIn(line), line);
    },
    chroot: named('chroot'),
    user: named('user'),
    group: named('group'),
    // Limpet's HAProxy outlives the command that starts it.
    daemon: done,
    stats: note('Limpet has an admin socket of its own: admin.sock in the folder of the router (--dir)'),
    'tune.ssl.default-dh-param': ({ settings }, line) => {
      settings.dhParamBits = checked(shape.dhParamBits.unwrap(), numberIn(line), line);
    },
    'ssl-default-bind-ciphers': readCiphers,
    'ssl-default-bind-ciphersuites': readCiphers,
    'ssl-default-bind-options': readBindOptions,
  }),
);

const timeoutFields: ReadonlyMap<string, keyof DefaultTimeouts> = new Map([
  ['connect', 'connectMs'],
  ['client', 'clientMs'],
  ['server', 'serverMs'],
]);

const readTimeout: Reader = ({ settings }, line) => {
  const [, kind = '', time = '', ...rest] = line.words;
  const field = timeoutFields.get(kind);
  const milliseconds = parseTimeout(time);
  if (field === undefined || milliseconds === undefined || rest.length > 0) {
    throw syntax(line, `"${line.text}" should be "timeout connect|client|server TIME"`);
  }
  settings.timeouts = checked(defaultTimeoutsSchema, { ...settings.timeouts, [field]: milliseconds }, line);
};

const keepAlive =
  (value: boolean): Reader =>
  (draft) => {
    draft.keepAlive = value;
  };

/** Lines of `defaults` that have one form only; most are what each of Limpet's rules has anyway. */
const defaultsLines: ReadonlyMap<string, Reader> = new Map(
  Object.entries<Reader>({
    'log global': (draft) => {
      draft.logsRules = true;
    },
    'mode tcp': done,
    'option dontlognull': done,
    'retries 3': done,
    'option redispatch': done,
    'option forwardfor': done,
    'option httpclose': keepAlive(false),
    'option forceclose': keepAlive(false),
    'no option httpclose': keepAlive(true),
    'no option forceclose': keepAlive(true),
  }),
);

const readDefault: Reader = (draft, line, notes) => {
  const [keyword] = line.words;
  const reader = defaultsLines.get(line.words.join(' '));
  if (reader) reader(draft, line, notes);
  else if (keyword === 'timeout') readTimeout(draft, line, notes);
  else if (keyword === 'stats') {
    notes.add(line, 'statistics at the addresses of rules are not served; set lbStatsVisibility to global');
  } else notes.add(line, 'is not known in the section defaults');
};

/** CloudStack's values for what the databag does not say. */
const emptySettings = (): DatabagSettings => ({
  maxConnections: 4096,
  timeouts: { connectMs: 5000, clientMs: 50_000, serverMs: 50_000 },
  statistics: [],
  tls: {},
});

/**
 * Reads what a databag says beside the rules. What cannot be carried out is noted.
 *
 * @returns `keepAlive`: whether HTTP rules that do not say so keep connections
 */
export function readSettings(
  sections: readonly ConfigSection[],
  { stat_rules }: Pick<LoadBalancerConfig, 'stat_rules'>,
  notes: Notes,
): { settings: DatabagSettings; keepAlive: boolean } {
  const draft: Draft = { settings: emptySettings(), logsRules: false, keepAlive: true, bindOptions: [] };
  let defaults = 0;
  for (const section of sections) {
    const { kind, opening } = section;
    if (kind === 'defaults' && defaults++ > 0) {
      // HAProxy's is for the proxies after it, and a router of Limpet has one set of defaults.
      for (const line of [opening, ...section.body])
        notes.add(line, 'is in a second section defaults; the first counts');
      continue;
    }
    if ((kind === 'global' || kind === 'defaults') && opening.words.length > 1) {
      notes.add(opening, `should be "${kind}" alone; its name has no effect`);
    }
    if (section.kind === 'defaults') {
      // A time-out that the section does not name is none: CloudStack leaves it out for an idle time-out of 0.
      draft.settings.timeouts = { connectMs: 0, clientMs: 0, serverMs: 0 };
      for (const line of section.body) notes.unlessUnreadable(line, () => readDefault(draft, line, notes));
    } else if (section.kind === 'global') {
      for (const line of section.body) {
        const reader = globalReaders.get(line.words[0]!) ?? note('is not known in the section global');
        notes.unlessUnreadable(line, () => reader(draft, line, notes));
      }
    } else if (isStatisticsSection(section)) {
      const page = readStatistics(section, stat_rules, notes);
      if (page) draft.settings.statistics.push(page);
    }
  }
  if (!draft.logsRules) delete draft.settings.log;
  return { settings: draft.settings, keepAlive: draft.keepAlive };
}
