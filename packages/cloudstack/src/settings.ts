/** Lines of the `global` section that ask for more than HAProxy's own process. */
export type EnvironmentLine = 'log' | 'chroot' | 'user' | 'group' | 'daemon';

/** The statistics listener, `lbStatsVisibility` `global`: `listen stats_on_public`. */
export interface StatsListener {
  ip: string;
  port: number;
  uri: string;
  /** `user:password`. */
  auth: string;
  /** `lbStatsSrcCidrs`; CloudStack sends it and nothing enforces it. */
  sourceCidrs: string;
}

/** A local peers section: not CloudStack's, see {@link LoadBalancerSettings.peers}. */
export interface LocalPeers {
  section: string;
  peer: string;
  address: string;
  port: number;
}

/** What the management server knows beside the rules: network offering, global settings, the router's addresses. */
export interface LoadBalancerSettings {
  /** `network.loadbalancer.haproxy.max.conn`; `maxpipes` is a quarter of it. */
  maxconn: number;
  /** The offering's keepAliveEnabled. */
  keepAliveEnabled: boolean;
  /** Absent: `lbStatsVisibility` `disabled`. */
  stats?: StatsListener;
  /** The router's control address. */
  routerIp: string;
  /**
   * Lines of the `global` section to leave out. Empty on a router. A HAProxy that an ordinary user starts may neither
   * chroot nor change its user, and one that a supervisor holds must not daemonize.
   */
  omit: readonly EnvironmentLine[];
  /**
   * Path of an admin socket. CloudStack 4.19.1 has none (apache/cloudstack#14131 adds one); a supervisor of HAProxy may
   * need one to see that it serves. Listeners survive a reload with and without it, since the master's CLI passes them on.
   */
  statsSocket?: string;
  /**
   * True: HAProxy does not read the machine's CAs, which it would for an HTTP client that no rule uses, at each start,
   * check and reload (2.6.12: 25 ms of the processor's time for 145 of them). CloudStack has no such line.
   */
  withoutClientCas?: boolean;
  /** CloudStack numbers the servers of a rule (`positional`); `vm` names them after the member's VM instead. */
  serverNames: 'positional' | 'vm';
  /** CloudStack has none: each reload starts with empty stick tables. */
  peers?: LocalPeers;
  /** CloudStack decides by the port what is HTTP ({@link cloudStackProtocol}); otherwise the rule does. */
  protocolFromPort: boolean;
  /** How AppCookie is written: as `appsession`, which HAProxy refuses since 1.6, or as apache/cloudstack#14131 does. */
  appCookie: 'appsession' | 'stick-table';
  /** Whose time-outs, connection limit, keep-alive and health check count: 4.19.1 has one set for the whole router. */
  limits: 'router' | 'rule';
  /** Whether draining, maintenance and weights are written; to CloudStack a destination is there or revoked. */
  memberStates: boolean;
}

/** CloudStack 4.19.1 with its default settings and the statistics listener disabled. */
export const defaultSettings: LoadBalancerSettings = {
  maxconn: 4096,
  keepAliveEnabled: false,
  routerIp: '169.254.0.2',
  omit: [],
  serverNames: 'positional',
  protocolFromPort: true,
  appCookie: 'appsession',
  limits: 'router',
  memberStates: false,
};

/** What an ordinary user's HAProxy under a supervisor has to do without. */
export const unprivileged: readonly EnvironmentLine[] = ['log', 'chroot', 'user', 'group', 'daemon'];
