import { isLimpetConfig } from '../installed-config.ts';
import { type Fault, onFiles } from './fault.ts';

/**
 * Faults of the configuration's text. A router that has one of these takes what it wrote for what it meant; Limpet's reads
 * its files back, so that it is shown what it meant.
 *
 * @module
 */

const isConfig = (path: string): boolean => isLimpetConfig(path) || path.endsWith('/candidate.cfg');

/** Writes another configuration than the one that was rendered. */
const rewriting = (rewrite: (config: string) => string): Fault['inject'] =>
  onFiles((files) => {
    const meant = new Map<string, string>();
    return {
      async read(path) {
        const text = await files.read(path);
        const asked = meant.get(path);
        return asked !== undefined && text === rewrite(asked) ? asked : text;
      },
      async write(path, text, durability) {
        if (isConfig(path)) meant.set(path, text);
        await files.write(path, isConfig(path) ? rewrite(text) : text, durability);
      },
    };
  });

const without = (line: RegExp): Fault['inject'] => rewriting((config) => config.replace(line, ''));

/** Cookies in the order of a section's servers, as server names were numbered. */
function renumbered(config: string): string {
  let at = 0;
  return config.replace(/^listen |(^\s+server .*) cookie \S+/gm, (text, server: string | undefined) => {
    at = server === undefined ? 0 : at + 1;
    return server === undefined ? text : `${server} cookie s${at}`;
  });
}

/** Faults of what HAProxy says to members, checks and clients, and of the router's settings. */
export const configFaults: readonly Fault[] = [
  {
    name: 'client-not-forwarded',
    upstream: ['mutation'],
    sentence: 'Members of an HTTP rule are not told the address of the client.',
    invariant: 'B1',
    field: 'protocol',
    suite: 'changes',
    inject: without(/^\s+http-request set-header X-Forwarded-For .*\n/gm),
  },
  {
    name: 'scheme-not-forwarded',
    upstream: ['mutation'],
    sentence: 'Members of a rule with TLS are not told that the client came by https.',
    invariant: 'B1',
    field: 'protocol',
    suite: 'changes',
    inject: without(/^\s+http-request set-header X-Forwarded-Proto https\n/gm),
  },
  {
    name: 'client-believed',
    upstream: ['CloudStack 4.19.1 HAProxyConfigurator: option forwardfor adds to what the client claims'],
    sentence: 'What a client claims about its address is passed on to the members.',
    invariant: 'B1',
    field: 'protocol',
    suite: 'changes',
    inject: rewriting((config) => config.replaceAll('set-header X-Forwarded-For', 'add-header X-Forwarded-For')),
  },
  {
    name: 'http2-not-offered',
    upstream: ['mutation'],
    sentence: 'A rule with TLS does not offer HTTP/2.',
    invariant: 'B13',
    field: 'tls',
    suite: 'changes',
    inject: rewriting((config) => config.replaceAll('alpn h2,http/1.1', 'alpn http/1.1')),
  },
  {
    name: 'check-without-host',
    upstream: ['mutation'],
    sentence: 'A check by HTTP has no Host header, and members that want one count as down.',
    invariant: 'B4',
    field: 'healthCheck',
    suite: 'changes',
    inject: rewriting((config) => config.replace(/^(\s+http-check send .*) hdr Host \S+/gm, '$1')),
  },
  {
    name: 'cookies-renumbered',
    upstream: ['CloudStack 4.19.1 HAProxyConfigurator: server names are numbered by position'],
    sentence: "A member's cookie is its position: the clients of other members move when one leaves.",
    invariant: 'B11',
    field: 'stickiness',
    suite: 'changes',
    inject: rewriting(renumbered),
  },
  {
    name: 'settings-unheeded',
    upstream: ['apache/cloudstack#9800'],
    sentence: "The router's time-outs stay as they were when it was installed.",
    invariant: 'B3',
    suite: 'changes',
    inject: rewriting((config) => config.replace(/(^defaults[\s\S]*?^\s+timeout client) \S+/m, '$1 50000ms')),
  },
];
