export type { MonitorLimits } from './beliefs.ts';
export { MonitorError, type MonitorErrorCode } from './errors.ts';
export { type Alarm, createMonitor, createMonitors, type Monitor, type MonitorStats } from './monitor.ts';
export { followTrace, readTrace } from './ndjson.ts';
export { calm, randomRun } from './random-run.ts';
export { type FieldValue, HEARTBEAT, RESET, type TraceRecord, type View } from './view.ts';
