/**
 * Timeouts, limits and health checks of a rule. Clients cannot observe them within the time of a test, so they are read from
 * the configuration that HAProxy runs.
 *
 * @module
 */
import type { RuleRecord } from '@limpet/contract';
import { clientProtocol } from '../concretize/client-protocol.ts';

/** The limits of a rule in words, in a fixed order; `none` when the rule sets none. */
export function limitsOf(rule: RuleRecord): string {
  const { timeouts = {}, maxConnections, keepAlive, healthCheck } = rule;
  const { connectMs, clientMs, serverMs } = timeouts;
  return wordsOf(
    { connect: connectMs, client: clientMs, server: serverMs },
    maxConnections,
    clientProtocol(rule) === 'http' && keepAlive === false,
    healthCheck?.intervalMs,
  );
}

/** The limits of a `listen` section, in the same words. */
export function limitsIn(section: string): string {
  const times = [...section.matchAll(/^\s*timeout (connect|client|server)\s+(\d+)(s?)/gm)];
  const timeouts = Object.fromEntries(
    times.map(([, name, value, seconds]) => [name, Number(value) * (seconds ? 1000 : 1)]),
  );
  const connections = /^\s*maxconn\s+(\d+)/m.exec(section)?.[1];
  const interval = /\binter\s+(\d+)/.exec(section)?.[1];
  const closes = /^\s*(no )?option\s+(httpclose|http-server-close)/m.exec(section);
  return wordsOf(
    timeouts,
    connections && Number(connections),
    closes !== null && !closes[1],
    interval && Number(interval),
  );
}

/** Connections of a rule that says nothing: the router's own limit, which is CloudStack's default. */
const OF_ROUTER = 4096;

type Count = number | string | undefined;

function wordsOf(
  timeouts: Partial<Record<string, number | undefined>>,
  connections: Count,
  closes: boolean,
  interval: Count,
): string {
  const words = ['connect', 'client', 'server'].flatMap((name) =>
    timeouts[name] === undefined ? [] : `timeout ${name} ${timeouts[name]} ms`,
  );
  if (connections !== undefined && connections !== OF_ROUTER) words.push(`${connections} connections`);
  if (closes) words.push('no keep-alive');
  if (interval !== undefined) words.push(`checks every ${interval} ms`);
  return words.join(', ') || 'none';
}
