/**
 * What talks to a running agent, without the agent itself: a command loads no HTTP server for it.
 *
 * @module
 */
export { readConfig } from '../config/read-config.ts';
export { AgentError, type AgentErrorCode } from '../errors.ts';
export type { Applied } from '../router/driver.ts';
export { AgentClient, type AgentPlan, AgentRefusal } from './agent-client.ts';
export type { ReceivedEvent } from './event-stream.ts';
export { findAgent } from './find-agent.ts';
