/** The environment variable in which a worker carries the hash of its static configuration. */
export const configHashVariable = 'LIMPET_CONFIG_HASH';

/** The folder of HAProxy's configuration, in the router's own folder. */
export const configFolder = 'haproxy.d';

/** The file of the configuration that HAProxy reads first: all but the rules. */
export const globalFile = '00-global.cfg';

/**
 * How many files have the rules. With one for each rule, 2,000 of them would not fit into the environment variable in
 * which HAProxy lists what it has read (`HAPROXY_CFGFILES`), and its next reload would fail.
 */
export const ruleFileCount = 64;

/** The name of one of the files that have the rules; `number` counts from 0. */
export const ruleFile = (number: number): string => `rules-${`${number}`.padStart(2, '0')}.cfg`;

/** Names of a rule's two listeners. */
export const publicListener = 'public';

/** Name of the listener for the probes of a verification. */
export const probeListener = 'probe';

/** Name of the peers section, and of the local peer of a router that stands alone. */
export const peersName = 'limpet';
