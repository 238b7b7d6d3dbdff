/** The environment variable that marks a worker's generation. */
export const markVariable = 'LIMPET_SKELETON';

/** Names of a rule's two listeners. */
export const publicListener = 'public';

export const probeListener = 'probe';

/** Name of the peers section, and of its only peer. */
export const peersName = 'limpet';
