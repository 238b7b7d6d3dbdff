/**
 * Edits that no operator makes (a state that takes too much, a branch or an action more), tried by one who had not seen the properties.
 * The check let each of them live once.
 *
 * @module
 */
import type { BreakingEdit } from '@limpet/state-space';

const [statecharts, system] = ['packages/model/src/statecharts', 'packages/model/src/system'];
const group = `${statecharts}/group.machine.ts`;
const rule = `${statecharts}/rule.machine.ts`;
const member = `${statecharts}/member.machine.ts`;
const router = `${statecharts}/router.machine.ts`;
const entry = `${statecharts}/entry.machine.ts`;
const management = `${system}/management.ts`;
const channel = `${system}/channel.ts`;
const link = `${system}/link.ts`;
const refusals = `${system}/refusals.ts`;

/** Each with the property that forbids it now. */
export const OUTSIDE_EDITS: readonly BreakingEdit[] = [
  // A right that is too wide.
  {
    property: 'users-may',
    edit: {
      file: rule,
      from: "        delete: { actions: 'success' },\n",
      to: "        delete: { actions: 'success' },\n        setSourceBased: { guard: 'isNone', actions: 'chooseSourceBased' },\n",
    },
  },
  {
    property: 'users-may',
    edit: { file: rule, from: "gone: { type: 'final' }", to: "gone: { on: { delete: { actions: 'success' } } }" },
  },
  {
    property: 'users-may',
    edit: { file: rule, from: "        reject: 'gone',\n", to: "        reject: 'gone',\n        delete: 'gone',\n" },
  },
  {
    property: 'users-may',
    edit: {
      file: group,
      from: "        enable: { actions: 'success' },\n",
      to: "        enable: { actions: 'success' },\n        delete: { guard: 'isEmpty', target: 'removed' },\n",
    },
  },
  {
    property: 'users-may',
    edit: {
      file: group,
      from: "        enable: { actions: 'success' },\n",
      to: "        enable: { actions: 'success' },\n        lowerMax: { guard: 'canLowerMax', actions: ['lowerMax', 'beginQuiet'] },\n",
    },
    members: 2,
  },
  {
    property: 'users-may',
    edit: { file: router, from: "startFailed: 'stopped',", to: "startFailed: 'stopped', stop: 'stopped'," },
  },
  {
    property: 'users-may',
    edit: {
      file: member,
      from: '        // It is no part',
      to: "        drained: { target: 'gone', actions: ['tellRule', 'tellGone'] },\n        // It is no part",
    },
  },
  {
    property: 'users-may',
    edit: {
      file: management,
      from: "return group.value === 'removed' && rule.value === 'gone';",
      to: "return (group.value === 'removed' || group.value === 'new') && rule.value === 'gone';",
    },
  },
  // A scale operation that is forgotten, or ended by another VM than its own.
  {
    property: 'one-operation',
    edit: {
      file: group,
      from: "{ guard: 'isOperating', target: 'scaling', actions: 'resend' },\n          { target: 'enabled', actions: 'resend' },",
      to: "{ target: 'enabled', actions: ['resend', 'endOperation'] },",
    },
  },
  {
    property: 'one-operation',
    edit: {
      file: group,
      from: "scaling: {\n      on: {\n        disable: { target: 'disabled', actions: 'resend' }",
      to: "scaling: {\n      on: {\n        disable: { target: 'disabled', actions: ['endOperation', 'resend'] }",
    },
  },
  {
    property: 'one-operation',
    edit: {
      file: member,
      from: "fail: { target: 'failed', actions: 'tellRule' }",
      to: "fail: { target: 'failed', actions: ['tellRule', 'tellFailed'] }",
    },
    members: 2,
  },
  {
    property: 'one-operation',
    edit: {
      file: group,
      from: "the operation goes on.\n        memberDestroyed: { guard: 'isInhabited', actions: 'shrink' }",
      to: "the operation goes on.\n        memberDestroyed: { guard: 'isInhabited', target: 'enabled', actions: ['shrink', 'endOperation', 'beginQuiet'] }",
    },
    members: 2,
  },
  // Quiet without a cause, and a drain that waits for a router that is not there.
  {
    property: 'quiet-is-kept',
    edit: {
      file: group,
      from: "{ target: 'enabled', actions: 'resend' },",
      to: "{ target: 'enabled', actions: ['resend', 'beginQuiet'] },",
    },
  },
  {
    property: 'quiet-is-kept',
    edit: {
      file: group,
      from: "memberServing: { actions: 'endOperation' }",
      to: "memberServing: { actions: ['endOperation', 'beginQuiet'] }",
    },
  },
  {
    property: 'world-is-heard',
    edit: {
      file: refusals,
      from: "return carriesTraffic && rule.context.inForce !== 'current'",
      to: "return rule.context.inForce !== 'current'",
    },
    members: 2,
  },
  // A VM that works goes before one that failed.
  {
    property: 'events-do-what-they-say',
    edit: {
      file: management,
      from: "[...having('serving'), ...having('failed')]",
      to: "[...having('failed'), ...having('serving')]",
    },
    members: 2,
  },
  // What a new rule and a new group have of those before them.
  {
    property: 'events-do-what-they-say',
    edit: {
      file: management,
      from: 'groups.with(group, vacant)',
      to: 'groups.with(group, { ...vacant, rule: { ...vacant.rule, context: groups[group]!.rule.context } })',
    },
  },
  {
    property: 'events-do-what-they-say',
    edit: {
      file: management,
      from: 'groups.with(group, vacant)',
      to: 'groups.with(group, { ...vacant, group: { ...vacant.group, context: groups[group]!.group.context } })',
    },
  },
  {
    property: 'events-do-what-they-say',
    edit: {
      file: rule,
      from: "        reject: 'gone',\n",
      to: "        reject: 'gone',\n        routerDestroyed: 'gone',\n",
    },
  },
  // What the router says of the newest generation is passed over.
  {
    property: 'events-do-what-they-say',
    edit: {
      file: rule,
      from: "applied: { target: 'active', actions: 'noteApplied' }",
      to: "applied: { guard: 'isWaiting', target: 'active', actions: 'noteApplied' }",
    },
  },
  {
    property: 'events-do-what-they-say',
    edit: {
      file: rule,
      from: "inForce: { target: 'active', actions: ['noteApplied'",
      to: "inForce: { guard: 'isWaiting', target: 'active', actions: ['noteApplied'",
    },
  },
  // Served without its address; an older command that undoes a newer one; a change that cuts clients off; in force without a look.
  {
    property: 'events-do-what-they-say',
    edit: {
      file: entry,
      from: "{ target: 'waitingForAddress', actions: ['take', 'answerRefused'] }",
      to: "{ target: 'applying', actions: 'take' }",
    },
  },
  {
    property: 'events-do-what-they-say',
    edit: {
      file: entry,
      from: "{ target: 'waitingForCertificate', actions: ['take', 'answerRefused'] }",
      to: "{ target: 'waitingForAddress', actions: ['take', 'answerRefused'] }",
    },
  },
  {
    property: 'events-do-what-they-say',
    edit: {
      file: entry,
      from: "{ guard: 'isCurrent', actions: 'answerRefused' },\n          { target: 'waitingForAddress'",
      to: "{ guard: 'isCurrent', target: 'programmed', actions: 'answerApplied' },\n          { target: 'waitingForAddress'",
    },
  },
  {
    property: 'events-do-what-they-say',
    edit: {
      file: entry,
      from: "what was there before goes on',\n      on: {\n        put: { target: 'applying', actions: 'take' },\n        putStale: { actions: 'success' },",
      to: "what was there before goes on',\n      on: {\n        put: { target: 'applying', actions: 'take' },\n        putStale: { target: 'applying', actions: 'takeStale' },",
    },
  },
  {
    property: 'events-do-what-they-say',
    edit: {
      file: entry,
      from: "putStale: { target: 'applying', actions: 'takeStale' },",
      to: "putStale: { actions: 'success' },",
    },
  },
  {
    property: 'events-do-what-they-say',
    edit: {
      file: entry,
      from: "{ guard: 'isCurrent', actions: 'answerInForce' },\n          { target: 'applying', actions: 'take' },",
      to: "{ guard: 'isCurrent', actions: 'answerInForce' },\n          { target: 'applying', actions: ['take', 'serveNothing'] },",
    },
  },
  {
    property: 'events-do-what-they-say',
    edit: {
      file: entry,
      from: "halt: { target: 'programmed', actions: 'serveNothing' }",
      to: "halt: { actions: 'success' }",
    },
  },
  // The link: sent to a router that is not there, delivered to one out of reach, kept by one that ends, doubled and yet gone.
  {
    property: 'link-keeps-messages',
    edit: {
      file: management,
      from: "|| state.router.value === 'running')",
      to: "|| state.router.value === 'running' || state.router.value === 'unreachable')",
    },
  },
  {
    property: 'link-keeps-messages',
    edit: {
      file: management,
      from: "|| state.router.value === 'running')",
      to: "|| state.router.value === 'running' || state.router.value === 'starting')",
    },
  },
  {
    property: 'world-is-heard',
    edit: {
      file: channel,
      from: "event === 'lose' || router === 'running' ?",
      to: "event === 'lose' || router === 'running' || router === 'unreachable' ?",
    },
  },
  {
    property: 'link-keeps-messages',
    edit: {
      file: channel,
      from: 'hear({ ...channel, inFlight: {} }, ENTRY_ROUTES[effect.type])',
      to: "hear(effect.type === 'halt' ? { ...channel, inFlight: take(channel.inFlight, 'answer') } : { ...channel, inFlight: {} }, ENTRY_ROUTES[effect.type])",
    },
  },
  {
    property: 'link-keeps-messages',
    edit: {
      file: channel,
      from: "const rest = event === 'duplicate' ?",
      to: "const rest = event === 'duplicate' && message !== 'answer' ?",
    },
  },
  {
    property: 'link-keeps-messages',
    edit: {
      file: link,
      from: "command === 'put' ? 'putStale' : late",
      to: "command === undefined ? late : 'putStale'",
    },
  },
];
