import type { Listen, Section } from '@limpet/haproxy';
import { readListen } from '@limpet/haproxy';
import type { BalanceSpec } from '../balance.ts';
import { ipv4ToNumber } from '../ip.ts';
import type { ServerSpec } from '../server.ts';
import type { TableSpec } from '../table.ts';
import type { Condition, ConditionContext } from './condition.ts';
import { ConditionError, parseCondition, parseTest } from './condition.ts';
import { parseCookie } from './cookie.ts';
import { serverFlags, serverSettings } from './keywords.ts';
import type { AdmissionRule, BindSpec, ProxySpec, StickRule } from './spec.ts';
import { parseStick } from './stick.ts';

const algorithms = ['roundrobin', 'static-rr', 'leastconn', 'source'] as const;

/** HAProxy's times are signed 32-bit milliseconds: 24.8 days at most. */
const MAX_TIME_MS = 2_147_483_647;

/** Length of a key of type string (stick_table.c). */
const DEFAULT_KEY_LENGTH = 32;

/**
 * Reads a `listen` section with the `defaults` that it inherits.
 *
 * @param mapPaths receives the map files that the section's conditions read.
 * @param alerts receives the alerts of HAProxy 2.6 about the section.
 */
export function compileListen(
  section: Section,
  defaults: Section | undefined,
  mapPaths: Set<string>,
  alerts: string[],
): ProxySpec {
  const listen = readListen(section, defaults);
  const alert = (message: string) => alerts.push(`proxy '${listen.name}': ${message}`);
  const lines = [...(defaults?.lines ?? []), ...section.lines];
  const option = (name: string) =>
    lines.reduce((on, { words: [first, second, third] }) => {
      if (first === 'option' && second === name) return true;
      return first === 'no' && second === 'option' && third === name ? false : on;
    }, false);
  const seconds = (name: string) => listen.timeouts[name] || Number.POSITIVE_INFINITY;
  if (listen.maxconn === 0) alert("'maxconn' expects a positive number.");
  return {
    name: listen.name,
    mode: listen.mode,
    balance: compileBalance(listen, alert),
    binds: listen.binds.map((bind, index) => ({
      ...compileBind(bind, alert),
      ...(option('socket-stats') && { counted: nameOf(bind, index) }),
    })),
    servers: compileServers(listen, alert),
    table: compileTable(listen, section, alert),
    ...compileRules(listen, mapPaths, alert),
    cookie: compileCookie(listen, alert),
    maxConnections: listen.maxconn ?? Number.POSITIVE_INFINITY,
    redispatch: option('redispatch'),
    closeAfterResponse: option('httpclose'),
    idleTimeoutMs:
      listen.mode === 'http'
        ? Math.min(seconds('http-keep-alive'), seconds('client'))
        : Math.min(seconds('client'), seconds('server')),
  };
}

type Alert = (message: string) => void;

function compileBalance(listen: Listen, alert: Alert): BalanceSpec {
  const algorithm = algorithms.find((known) => known === listen.balance);
  if (!algorithm) alert(`balance only supports ${algorithms.join(', ')} (HAProxy in memory), not '${listen.balance}'.`);
  return { algorithm: algorithm ?? 'roundrobin', consistent: listen.hashConsistent };
}

/** A listener's name; without `name`, it has its number (proxy.c, check_config_validity). */
const nameOf = ({ options }: Listen['binds'][number], index: number): string =>
  options[options.indexOf('name') + 1 || options.length] ?? `sock-${index + 1}`;

function compileBind(bind: Listen['binds'][number], alert: Alert): BindSpec {
  if ('unix' in bind) return { unix: bind.unix, proxyProtocol: bind.options.includes('accept-proxy') };
  if (bind.address !== '*' && ipv4ToNumber(bind.address) === undefined) {
    alert(`'bind' : invalid address: '${bind.address}' in '${bind.address}:${bind.port}'`);
  }
  const { address, port, options } = bind;
  const certificate = options[options.indexOf('crt') + 1 || options.length];
  const transparent = options.includes('transparent');
  if (!options.includes('ssl') || certificate === undefined) return { address, port, transparent };
  return { address, port, transparent, certificate };
}

function compileCookie(listen: Listen, alert: Alert): ProxySpec['cookie'] {
  const wordsOf = (keyword: string) => listen.other.find(({ words }) => words[0] === keyword)?.words.slice(1);
  const words = wordsOf('cookie');
  if (!words) return undefined;
  try {
    return parseCookie(words, wordsOf('dynamic-cookie-key')?.[0]);
  } catch (error) {
    alert((error as Error).message);
    return undefined;
  }
}

function compileServers(listen: Listen, alert: Alert): ServerSpec[] {
  const names = new Set<string>();
  const ids = new Set<number>();
  return listen.servers.map((server) => {
    if (names.has(server.name))
      alert(`another server named '${server.name}' was already defined, please use distinct names.`);
    names.add(server.name);
    if (server.id !== undefined) {
      if (server.id <= 0) alert(`'server ${server.name}' : 'id' : custom id has to be > 0.`);
      if (ids.has(server.id)) alert(`'server ${server.name}' : 'id' : custom id ${server.id} already used.`);
      ids.add(server.id);
    }
    if (ipv4ToNumber(server.ip) === undefined)
      alert(`'server ${server.name}' : could not resolve address '${server.ip}'.`);
    for (let at = 0; at < server.options.length; at += 1) {
      const word = server.options[at] as string;
      if (serverSettings.has(word)) at += 1;
      else if (!serverFlags.has(word)) alert(`'server ${server.name}' : unknown keyword '${word}'.`);
    }
    const { name, ip, port, id, check, weight, disabled } = server;
    const cookie = server.options[server.options.indexOf('cookie') + 1 || server.options.length];
    return { name, ip, port, id, check, weight, disabled, cookie };
  });
}

function compileTable(listen: Listen, section: Section, alert: Alert): TableSpec | undefined {
  const lines = section.lines.filter(({ words }) => words[0] === 'stick-table');
  if (lines.length > 1) alert('stick-table declared twice.');
  const words = lines[0]?.words ?? [];
  // `haproxy -c` knows k and m only, although CloudStack documents "400g".
  const size = words[words.indexOf('size') + 1] ?? '';
  if (lines.length > 0 && !/^[1-9]\d*[km]?$/i.test(size)) alert(`stick-table: missing or invalid size '${size}'.`);
  const { stickTable } = listen;
  if (!stickTable) return undefined;
  if (stickTable.size > 0xffff_ffff) alert(`stick-table: size ${size} is out of range.`);
  if (stickTable.expire !== undefined && stickTable.expire > MAX_TIME_MS) {
    alert('stick-table: timer overflow in argument to <expire>, maximum value is 2147483647 ms (~24.8 days).');
  }
  if (stickTable.type !== 'ip' && stickTable.type !== 'string') {
    alert(`stick-table type ${stickTable.type} is not modelled by the HAProxy in memory.`);
  }
  const length = stickTable.type === 'string' ? (stickTable.length ?? DEFAULT_KEY_LENGTH) : undefined;
  return { length, size: stickTable.size, expireMs: stickTable.expire, peers: stickTable.peers };
}

function compileRules(listen: Listen, mapPaths: Set<string>, alert: Alert) {
  const acls = new Map<string, Condition[]>();
  const context: ConditionContext = { acls, maps: mapPaths };
  const stick: StickRule[] = [];
  const admission: AdmissionRule[] = [];
  const attempt = (place: string, work: () => void) => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      alert(`${place} : ${error.message}`);
    }
  };
  for (const { words } of listen.other) {
    const [keyword, name = '', action, ...rest] = words;
    if (keyword === 'acl') {
      attempt(`parsing ACL '${name}'`, () =>
        acls.set(name, [...(acls.get(name) ?? []), parseTest(words.slice(2), context)]),
      );
    } else if (keyword === 'tcp-request' && name !== 'inspect-delay') {
      attempt(`'${words.join(' ')}'`, () => {
        const layer = (['connection', 'session', 'content'] as const).find((known) => known === name);
        // Variables are not modelled, nor what is made of them: the age of a worker.
        if (layer === 'content' && action?.startsWith('set-var(')) return;
        if (!layer || (action !== 'accept' && action !== 'reject')) {
          throw new ConditionError('is not modelled by the HAProxy in memory: it knows accept and reject.');
        }
        admission.push({ layer, action, when: parseCondition(rest, context) });
      });
    } else if (keyword === 'stick') {
      attempt("'stick'", () => stick.push(parseStick(words.slice(1), listen.name, context)));
    } else if (keyword === 'http-request' && name.startsWith('lua.')) {
      // Lua is not run; the maps that its condition reads are loaded all the same.
      attempt(`'${words.join(' ')}'`, () => parseCondition(words.slice(2), context));
    } else if (
      (keyword === 'http-request' && !/^(add-header|set-header|set-var\(.*)$/.test(name)) ||
      keyword === 'use-server'
    ) {
      alert(`'${words.join(' ')}' is not modelled by the HAProxy in memory.`);
    }
  }
  for (const on of listen.stickOn) {
    attempt("'stick'", () => {
      const rest = [...(on.table === undefined ? [] : ['table', on.table]), ...(on.condition?.split(' ') ?? [])];
      stick.push(parseStick(['on', on.pattern, ...rest], listen.name, context));
    });
  }
  return { stick, admission };
}
