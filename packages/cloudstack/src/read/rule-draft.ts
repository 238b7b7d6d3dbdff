import type { Algorithm, MemberRecord, RuleKey, SourceBased, Stickiness, Timeouts, TlsOptions } from '@limpet/contract';
import { CloudStackError } from '../errors.ts';
import type { ConfigLine } from './lines.ts';

/** A rule's stick table, before it is known what sticks by it. */
export type DraftTable =
  | { type: 'ip'; line: ConfigLine; policy: SourceBased }
  | { type: 'string'; line: ConfigLine; length: number; expireSeconds: number };

/** A server, and what its line says of the rule. */
export interface DraftServer {
  line: ConfigLine;
  member: MemberRecord;
  sendProxy: boolean;
  cookie?: string;
}

/** A rule while its lines are read. */
export interface Draft {
  key: RuleKey;
  bound: boolean;
  certificate?: string;
  tls?: TlsOptions;
  algorithm?: Algorithm;
  http: boolean;
  /** `X-Forwarded-Proto: https` is added. */
  forwardedHttps: boolean;
  keepAlive?: boolean;
  timeouts: Timeouts;
  maxConnections?: number;
  cidrs: string[];
  rejectsOthers: boolean;
  /** By cookies, which one line says. */
  cookies?: Stickiness;
  table?: DraftTable;
  /** `stick ...` lines, without `stick`. */
  sticks: string[];
  servers: DraftServer[];
}

/** A draft in which nothing but the rule's key is known yet. */
export const emptyDraft = (key: RuleKey): Draft => ({
  key,
  bound: false,
  http: false,
  forwardedHttps: false,
  timeouts: {},
  cidrs: [],
  rejectsOthers: false,
  sticks: [],
  servers: [],
});

/** A line that CloudStack writes for something that a rule record cannot say. */
export function unsupported(line: ConfigLine, remedy: string): CloudStackError {
  return new CloudStackError('CLOUDSTACK_CONFIG_UNSUPPORTED', line.place, `"${line.text}": ${remedy}`);
}

/** Lines that contradict each other, or miss one. */
export function inconsistent(line: ConfigLine, problem: string): CloudStackError {
  return new CloudStackError('CLOUDSTACK_CONFIG_INCONSISTENT', line.place, problem);
}
