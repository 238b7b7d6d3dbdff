/**
 * iptables as a library: read, write and compare rulesets, and replace the rules of a managed chain atomically.
 *
 * @module
 */

export type { Change } from './diff.ts';
export { diffRulesets } from './diff.ts';
export type { FailingLine, IptablesErrorCode } from './errors.ts';
export { IptablesError } from './errors.ts';
export type { Backend, Exec, IptablesOptions, IptablesVersion } from './iptables.ts';
export { Iptables } from './iptables.ts';
export type { ManagedChain } from './managed-chain.ts';
export { renderChain } from './managed-chain.ts';
export type { FilterTexts, Obstacle, Obstacles, PathListener } from './packet-path/obstacle.ts';
export { PacketPath } from './packet-path/obstacle.ts';
export { parseSave } from './parse-save.ts';
export { renderSave } from './render-save.ts';
export { ruleOf, ruleWords } from './rule-words.ts';
export type { Chain, Counters, Ruleset, Table } from './ruleset.ts';
export type { NewConnection, TerminatingRule } from './terminating-rules.ts';
export { mayMatch, targetOf, terminatingRulesBefore } from './terminating-rules.ts';
