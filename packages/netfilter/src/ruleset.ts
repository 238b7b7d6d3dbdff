/** A chain. */
export interface Chain {
  name: string;
  /** `ACCEPT`, `DROP` ... of a built-in chain; `-` for one of one's own. */
  policy: string;
  /** Packets and bytes that the policy met. */
  counters: { packets: number; bytes: number };
  /** In order, in the words of `iptables-save`, without `-A CHAIN`: `-d 10.0.53.2/32 -p tcp -j ACCEPT`. */
  rules: string[];
}

export interface Table {
  /** `filter`, `nat`, `mangle`, `raw`, `security`. */
  name: string;
  chains: Chain[];
}

/** What `iptables-save` prints. */
export interface Ruleset {
  tables: Table[];
}
