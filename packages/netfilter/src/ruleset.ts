/** What a rule or a policy has met. */
export interface Counters {
  packets: number;
  bytes: number;
}

/** A chain. */
export interface Chain {
  name: string;
  /** `ACCEPT`, `DROP` ... of a built-in chain; `-` for any other. */
  policy: string;
  /** What the policy met. */
  counters: Counters;
  /** In order, in the words of `iptables-save`, without `-A CHAIN`: `-d 10.0.53.2/32 -p tcp -j ACCEPT`. */
  rules: string[];
  /** What each rule met, in the order of `rules`; absent when no rule has counters (`iptables-save` without `-c`). */
  ruleCounters?: Counters[];
}

/** One table of the kernel's packet filter, and its chains in the order of `iptables-save`. */
export interface Table {
  /** `filter`, `nat`, `mangle`, `raw`, `security`. */
  name: string;
  chains: Chain[];
}

/** What `iptables-save` prints. */
export interface Ruleset {
  tables: Table[];
}
