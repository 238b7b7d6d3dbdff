/**
 * The contract between those who want rules and the routers that have them: commands, schemas, handlers, dispatch and
 * client are generated from the statecharts of `@limpet/model`; parsing, canonical forms and errors are written by hand.
 *
 * @module
 */
export { canonicalRule } from './canonical.ts';
export type * from './commands.generated.ts';
export { ContractError } from './contract-error.ts';
export * from './handlers.generated.ts';
export { listed } from './listed.ts';
export { admits, canonicalNetworks } from './networks.ts';
export { describeIssue, dotted, excerpt, parse, parseCommand, parseCommandResult, valueAt } from './parse.ts';
export type * from './records.generated.ts';
export * from './schemas.generated.ts';
