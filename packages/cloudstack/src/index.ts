/**
 * Apache CloudStack's formats: the load balancer databag and the haproxy.cfg lines in it, both ways.
 *
 * @module
 */
export type { LoadBalancerConfig, LoadBalancerDatabag, QueueFile, StoredDatabag } from './databag.ts';
export { parseDatabag } from './databag.ts';
export type { CloudStackErrorCode } from './errors.ts';
export { CloudStackError } from './errors.ts';
export { generateConfiguration } from './generator.ts';
export { cookieValue, keyOfProxyName, proxyName, vmOfAddress } from './names.ts';
export { cloudStackProtocol } from './protocol.ts';
export type { CommandContext } from './queue-file.ts';
export { databagOf, storedDatabag } from './queue-file.ts';
export type { DatabagSettings } from './read/databag-settings.ts';
export type { NotCarriedOut } from './read/notes.ts';
export type { DatabagCertificate } from './read/read-certificates.ts';
export type { DatabagContents, RefusedRule } from './read/reader.ts';
export { readDatabag, rulesFromDatabag } from './read/reader.ts';
export type { EnvironmentLine, LoadBalancerSettings, LocalPeers, StatsListener } from './settings.ts';
export { defaultSettings, unprivileged } from './settings.ts';
export type { StickinessCapabilities } from './stickiness-methods.ts';
export { allStickiness, supportedStickinessMethods } from './stickiness-methods.ts';
export type { StickinessParameters } from './stickiness-policy.ts';
export { defaultCookieName, parseStickinessPolicy } from './stickiness-policy.ts';
