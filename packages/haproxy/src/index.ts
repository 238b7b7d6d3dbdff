/**
 * HAProxy as a library: configuration, runtime and master CLI, readers of their output, the process, probes.
 *
 * @module
 */

export { type Certificate, readCertificate } from './certificate.ts';
export { cliArgument, cliCommand } from './cli/argument.ts';
export { PartialBatchError } from './cli/batch.ts';
export { MasterClient } from './cli/master-client.ts';
export type { PinnedWorker } from './cli/pinned-worker.ts';
export type { CliRequest, PayloadCommand } from './cli/request.ts';
export { RuntimeClient } from './cli/runtime-client.ts';
export type { Bind } from './config/bind.ts';
export type { ConfigFile, Line, Section, SectionKind } from './config/file.ts';
export { sectionKinds } from './config/file.ts';
export type { Listen } from './config/listen.ts';
export { readListen, readListens } from './config/listen.ts';
export type { Option } from './config/options.ts';
export { parseConfig } from './config/parse.ts';
export { renderConfig } from './config/render.ts';
export type { Server } from './config/server.ts';
export type { Statement, UnknownLine } from './config/statement.ts';
export { readStatement, statementLine, unknownLines } from './config/statement.ts';
export type { StickOn, StickTable, StickTableType } from './config/stick.ts';
export { formatSize, formatTime, parseSize, parseTime } from './config/units.ts';
export type { Quoted, Word } from './config/write.ts';
export { line, linesText, quoted, section, token } from './config/write.ts';
export type { HaproxyErrorCode } from './errors.ts';
export { HaproxyError } from './errors.ts';
export type { ProbeConnection } from './probe.ts';
export { openProbe } from './probe.ts';
export { binaryVariable, haproxyBinary } from './process/binary.ts';
export type { Exec, Spawn } from './process/exec.ts';
export type { ConfigCheck, HaproxyProcessOptions, HaproxyUnit } from './process/haproxy-process.ts';
export { HaproxyProcess } from './process/haproxy-process.ts';
export { readShowEnv } from './readers/show-env.ts';
export type { ShowInfo } from './readers/show-info.ts';
export { readShowInfo } from './readers/show-info.ts';
export type { MapEntry, MapInfo } from './readers/show-map.ts';
export { readShowMap, readShowMaps } from './readers/show-map.ts';
export type { Peer, PeersSection } from './readers/show-peers.ts';
export { isPeerConnected, readShowPeers, resyncFinished } from './readers/show-peers.ts';
export type { ChildProcessInfo, ShowProc } from './readers/show-proc.ts';
export { readShowProc } from './readers/show-proc.ts';
export type { ServerState } from './readers/show-servers-state.ts';
export { readServersState } from './readers/show-servers-state.ts';
export type { Session } from './readers/show-sess.ts';
export { readShowSess } from './readers/show-sess.ts';
export type { SslCertificate, SslCertificates } from './readers/show-ssl-cert.ts';
export { readSslCertificate, readSslCertificates } from './readers/show-ssl-cert.ts';
export type { StatRow } from './readers/show-stat.ts';
export { readShowStat } from './readers/show-stat.ts';
export type { ShowTable, TableEntry } from './readers/show-table.ts';
export { readShowTable } from './readers/show-table.ts';
export type { Capabilities, Capability, KnownBranch } from './version/capabilities.ts';
export { capabilitiesOf, capabilityFacts, knownBranches, lackOf, requireCapability } from './version/capabilities.ts';
export type { HaproxyVersion } from './version/read-version.ts';
export { readVersion } from './version/read-version.ts';
