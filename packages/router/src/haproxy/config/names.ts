/** The environment variable in which a worker carries the hash of its static configuration. */
export const configHashVariable = 'LIMPET_CONFIG_HASH';

/** The folder of HAProxy's configuration, in the router's own folder. */
export const configFolder = 'haproxy.d';

/** The file of the configuration that HAProxy reads first: all but the rules. */
export const globalFile = '00-global.cfg';

/**
 * How many files have the rules. One for each rule would be too many: HAProxy lists the paths of what it has read in one
 * environment variable (`HAPROXY_CFGFILES`), which Linux limits to 128 KB. With 2,000 paths of 77 characters its master
 * ended at once (2.6.12).
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
