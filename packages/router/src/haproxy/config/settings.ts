import { type HaproxySettings, haproxySettingsSchema, type TlsOptions } from '@limpet/contract';

/** Settings of a router, for all of its rules: what its HAProxy is told, and how the router itself behaves. */
export interface RouterSettings extends HaproxySettings {
  /** Milliseconds that held connections of a changed rule get to end by themselves, before the router ends them. */
  drainDeadlineMs: number;
  /**
   * Highest number of workers that earlier reloads have left behind. Each keeps its memory, 11 MB at 50 rules of 10
   * members, for as long as a client keeps a connection to it.
   */
  maxOldWorkers: number;
  /**
   * With `maxOldWorkers` old workers: `wait` holds back changes that need a reload until one of the workers has ended
   * by itself; `end` gives the connections of the oldest one `drainDeadlineMs` and ends them then, including those of
   * rules that have not changed.
   */
  atMaxOldWorkers: 'wait' | 'end';
  /** `heal` repairs drift, that is changes by other programs; `report` only states it in the conditions. */
  drift: 'heal' | 'report';
  /** Milliseconds between two checks for drift. */
  driftPeriodMs: number;
  /** Ports of the router's own services: rules there are refused (apache/cloudstack#4285, #10733). */
  reservedPorts: readonly number[];
  /** Limits for all rules together; a rule that would exceed them is refused, the others stay. */
  budget: {
    /** Bytes of all stick tables when they are full. */
    tableBytes: number;
    /** File descriptors of a HAProxy process; default: the host's hard limit (`ulimit -Hn`). */
    fileDescriptors?: number;
  };
}

/**
 * What CloudStack asks of clients (HAProxyConfigurator, SSL_CONFIGURATION_INTERMEDIATE: Mozilla's "intermediate"), with the
 * ciphers of ECDSA certificates, without which those would serve clients of TLS 1.3 only.
 */
const intermediateTls: TlsOptions = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256',
    'AES256-GCM-SHA384:AES128-GCM-SHA256',
  ].join(':'),
  ciphersuites: 'TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256',
  tickets: false,
  http2: true,
};

/** The settings of a router that is given none: CloudStack's, as HAProxyConfigurator has them. */
export const defaultSettings: RouterSettings = {
  maxConnections: 4096,
  timeouts: { connectMs: 5000, clientMs: 50_000, serverMs: 50_000 },
  statistics: [],
  tls: intermediateTls,
  peersPort: 10_000,
  drainDeadlineMs: 5_000,
  maxOldWorkers: 64,
  atMaxOldWorkers: 'wait',
  drift: 'heal',
  driftPeriodMs: 5_000,
  reservedPorts: [53, 3922, 8081],
  budget: { tableBytes: 128 * 1024 ** 3 },
};

/** The part of a router's settings that its HAProxy is told. */
export function haproxySettingsOf(settings: HaproxySettings): HaproxySettings {
  const names = Object.keys(haproxySettingsSchema.shape) as (keyof HaproxySettings)[];
  const told = names.filter((name) => settings[name] !== undefined).map((name) => [name, settings[name]]);
  return Object.fromEntries(told) as unknown as HaproxySettings;
}

/** The settings of a router whose HAProxy is told `told`: of what that does not name, HAProxy is told nothing. */
export function settingsTold(settings: RouterSettings, told: HaproxySettings): RouterSettings {
  const own = Object.entries(settings).filter(([name]) => !(name in haproxySettingsSchema.shape));
  return { ...(Object.fromEntries(own) as unknown as RouterSettings), ...told };
}
