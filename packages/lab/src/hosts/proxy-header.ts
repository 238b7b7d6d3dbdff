const longest = 107;

/** The PROXY protocol's first version: who the connection is from, and what follows its header. */
export interface ProxyHeader {
  /** The address that the load balancer names; undefined: it speaks for itself (`UNKNOWN`). */
  source: string | undefined;
  rest: Buffer;
}

/**
 * Reads the header at the beginning of a connection, as HAProxy's `send-proxy` writes it (proxy-protocol.txt 2.1).
 *
 * @returns undefined when there is none, or not yet all of it.
 */
export function readProxyHeader(first: Buffer): ProxyHeader | undefined {
  const end = first.subarray(0, longest).indexOf('\r\n');
  const words = end < 0 ? [] : first.toString('latin1', 0, end).split(' ');
  if (words[0] !== 'PROXY') return undefined;
  return { source: words[1] === 'TCP4' ? words[2] : undefined, rest: first.subarray(end + 2) };
}
