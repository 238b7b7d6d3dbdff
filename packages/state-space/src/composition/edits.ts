/** A change of the model's text: what stands there, once in its file, and what is put in its place. */
export interface TextEdit {
  /** From the root of the repository. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** An edit of the model that breaks one property, and no other that would show sooner. */
export interface BreakingEdit {
  readonly property: string;
  /** The id of a mutant (`npm run mutation model` has them all), or a text where no operator makes it. */
  readonly edit: string | TextEdit;
  /** Places for members in the group in which it shows. @defaultValue 1 */
  readonly members?: number;
}

/** The edit as one line for people: the id of a mutant, or the file with both texts. */
export function describeEdit({ edit }: BreakingEdit): string {
  return typeof edit === 'string' ? edit : `${edit.file.split('/').at(-1)}: ${edit.from} -> ${edit.to}`;
}

const entries = 'packages/model/src/statecharts/entry.machine.ts';
const groups = 'packages/model/src/statecharts/group.machine.ts';

/** For everything in the table of `limpet check` an edit that breaks it: nothing is in the table that cannot fail. */
export const BREAKING_EDITS: readonly BreakingEdit[] = [
  { property: 'B1 in-force-is-true', edit: 'rule.machine.ts:CHANGE:drop-action:age' },
  { property: 'B4 members-are-backends', edit: 'rule.machine.ts:active.inForce:drop-action:confirmMembers' },
  { property: 'B5 scaling-ends', edit: 'member.machine.ts:provisioning.startFailed:drop-action:tellFailed' },
  { property: 'B6 scaling-keeps-bounds', edit: 'group.machine.ts:canShrink:>-to->=:size>min' },
  { property: 'B7 delete-without-router', edit: 'group.machine.ts:enabled.deleteWithCleanup[1]:drop-transition' },
  {
    property: 'B8 no-vm-without-group',
    edit: 'group.machine.ts:disabled.deleteWithCleanup[1]:drop-action:destroyMembers',
  },
  { property: 'B9 all-rules-configured', edit: 'rule.machine.ts:active.routerDestroyed:drop-target' },
  { property: 'B16 attributes-are-applied', edit: 'rule.machine.ts:active.update:drop-action:newGeneration' },
  { property: 'B21 removed-without-trace', edit: 'rule.machine.ts:revoke.refused:retarget:gone' },
  { property: 'B26 reported-is-stored', edit: 'rule.machine.ts:add.refused:retarget:active' },
  { property: 'lost-is-told', edit: 'rule.machine.ts:active.refused:drop-transition' },
  { property: 'in-force-needs-router', edit: 'rule.machine.ts:add.routerDown:drop-action:noteDown' },
  { property: 'size-is-counted', edit: 'group.machine.ts:enabled.memberDestroyed:drop-action:shrink' },
  { property: 'bounds-are-sound', edit: 'group.machine.ts:canRaiseMin:<-to-<=:context.min<context.max' },
  { property: 'quiet-is-kept', edit: 'group.machine.ts:scaling.memberServing:drop-action:beginQuiet' },
  { property: 'one-operation', edit: 'group.machine.ts:enabled.scaleUp:drop-action:beginOperation' },
  { property: 'users-enable-and-disable', edit: 'group.machine.ts:enabled.scaleUp:retarget:disabled' },
  { property: 'always-disabled-and-enabled', edit: 'group.machine.ts:scaling.disable:drop-transition' },
  {
    property: 'users-choose-stickiness',
    edit: 'rule.machine.ts:add.routerDestroyed:swap-action:forget:chooseSourceBased',
  },
  {
    property: 'choice-is-kept',
    edit: 'rule.machine.ts:staged.setSourceBased[0]:swap-action:chooseSourceBased:chooseNone',
  },
  { property: 'rule-outlives-group', edit: "refusals.ts:ruleObstacle:drop-case:'delete'" },
  { property: 'vms-of-enabled-groups-are-safe', edit: "refusals.ts:memberObstacle:drop-case:'destroy'" },
  { property: 'drained-before-removed', edit: "refusals.ts:memberObstacle:drop-case:'drained'", members: 2 },
  { property: 'verified-before-serving', edit: 'rule.machine.ts:active.inForce:drop-action:noteInForce' },
  { property: 'world-is-heard', edit: 'router.machine.ts:running.lost:drop-transition' },
  { property: 'users-may', edit: 'router.machine.ts:running.reboot:drop-transition' },
  { property: 'no-removal-without-router', edit: 'rule.machine.ts:revoke.routerDestroyed:drop-transition' },
  { property: 'events-do-what-they-say', edit: 'router.machine.ts:starting.startFailed:retarget:absent' },
  { property: 'changed-is-sent', edit: 'rule.machine.ts:active.update:drop-command:putRule' },
  { property: 'sent-again-when-needed', edit: 'rule.machine.ts:active.outdated:drop-transition' },
  { property: 'answers-are-true', edit: 'entry.machine.ts:programmed.report[0]:drop-action:answerApplied' },
  {
    property: 'link-keeps-messages',
    edit: 'link.ts:ageInFlight:drop-property:...(outrun===undefined?{}:{late:outrun})',
  },
  {
    property: 'size-1-is-reachable',
    edit: { file: groups, from: 'size > min && (size > max', to: 'size > max && (size > max' },
    members: 2,
  },
  {
    property: 'size-2-is-reachable',
    edit: { file: groups, from: 'size < max && (size < min', to: 'size < min && (size < min' },
    members: 2,
  },
  {
    property: 'regained-by-itself',
    edit: {
      file: entries,
      from: "regainAddress: 'applying'",
      to: "regainAddress: { target: 'refused', actions: 'answerRefused' }",
    },
  },
  { property: 'liveness', edit: 'rule.machine.ts:add.timeout:drop-transition' },
  { property: 'without time-outs: liveness', edit: 'rule.machine.ts:revoke.refused:drop-action:noteRefused' },
];
