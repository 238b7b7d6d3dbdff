/**
 * The daemon on the router: one desired state, from one input, kept in force. `@limpet/agent/client` talks to it.
 *
 * @module
 */
export { Agent } from './agent.ts';
export { type AgentConfig, agentConfigSchema } from './config/config-schema.ts';
export { parseConfig, readConfig } from './config/read-config.ts';
export { AgentError, type AgentErrorCode } from './errors.ts';
export { type ManagerReport, reportTo, type Watched } from './service/report-to-manager.ts';
export { type ServiceManager, serviceManager } from './service/service-manager.ts';
