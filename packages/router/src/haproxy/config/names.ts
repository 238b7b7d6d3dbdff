/** The environment variable in which a worker carries the hash of its static configuration. */
export const configHashVariable = 'LIMPET_CONFIG_HASH';

/** Names of a rule's two listeners. */
export const publicListener = 'public';

/** Name of the listener for the probes of a verification. */
export const probeListener = 'probe';

/** Name of the peers section, and of the local peer of a router that stands alone. */
export const peersName = 'limpet';
