/**
 * What the command line and the agent share: rules files and databags read into the desired state of a router, how that
 * differs from what the router has, the commands that bring it about, and the router on this machine.
 *
 * @module
 */
export { type Changes, changesTo, commandsFor } from './changes.ts';
export { compareCertificates } from './compare-certificates.ts';
export { patchSettings, type Source, withSettings } from './desired-state.ts';
export { RulesError, type RulesErrorCode } from './errors.ts';
export { answerMessage } from './inspection/answer-message.ts';
export { type RuleViewParts, ruleView } from './inspection/rule-view.ts';
export { type RuleLoad, type RuleView, ruleLoadSchema, ruleViewSchema } from './inspection/rule-view-schema.ts';
export { createRouterDir, inspectLocalRouter, localRouter } from './local-router.ts';
export { onThisRouter } from './on-this-router.ts';
export { readDatabag, readDatabagHere } from './read-databag.ts';
export { membersOf, type RouterReport, type RuleMembers, reportOn } from './report.ts';
export { type Duplicate, duplicatesIn } from './rules-file/duplicates.ts';
export { knownKeys, knownKeysOf } from './rules-file/known-keys.ts';
export { parseRules, type RulesFile } from './rules-file/parse-rules.ts';
export { issueInWords, readYaml, unknownKeyInWords, type YamlFormat } from './rules-file/read-yaml.ts';
export { fileRuleSchema, rulesFileSchema, rulesJsonSchema } from './rules-file/rules-schema.ts';
export { type SettingsPatch, settingsSchema, withPatch } from './rules-file/settings-schema.ts';
export { renderSize, renderTime } from './rules-file/units.ts';
export { type FileRule, type FileSettings, fileRule, fileSettings } from './rules-file/write-rules.ts';
export { milliseconds } from './rules-file/written-units.ts';
export { sendCommands } from './send-commands.ts';
export { allInForce, conditionOf, isInForce, isStandby, isWell } from './status.ts';
export { suggest } from './suggest.ts';
export { keptRules, type UnreadableRule, withUnreadable } from './unreadable-rules.ts';
