/**
 * The names that the second writing of the composition knows of the statecharts, and who brings each event about. They are written
 * by hand, and not read from `ENVIRONMENT` and `ROUTES`: a name that is missing in one of the two writings shows in the counts.
 *
 * @module
 */
import type { EntryEvent, GroupEvent, MemberEvent, RouterEvent, RuleEvent } from '@limpet/model';

/** An event comes from outside (users, the cloud, time, the router's own work), or is what another statechart or a message says. */
export type Origin = 'outside' | 'inside';

/** A statechart in the Promela text. */
export type ChartName = 'router' | 'group' | 'rule' | 'member' | 'entry';

type EventOf<N extends ChartName> = {
  router: RouterEvent;
  group: GroupEvent;
  rule: RuleEvent;
  member: MemberEvent;
  entry: EntryEvent;
}[N]['type'];

/** Every event of every statechart. */
export const EVENTS = {
  router: {
    deploy: 'outside',
    started: 'outside',
    startFailed: 'outside',
    stop: 'outside',
    start: 'outside',
    reboot: 'outside',
    lost: 'outside',
    recovered: 'outside',
    destroy: 'outside',
  },
  group: {
    configured: 'outside',
    configureFailed: 'outside',
    enable: 'outside',
    disable: 'outside',
    raiseMin: 'outside',
    lowerMin: 'outside',
    raiseMax: 'outside',
    lowerMax: 'outside',
    scaleUp: 'outside',
    scaleDown: 'outside',
    quietOver: 'outside',
    delete: 'outside',
    deleteWithCleanup: 'outside',
    memberServing: 'inside',
    memberFailed: 'inside',
    memberGone: 'inside',
    memberDestroyed: 'inside',
  },
  rule: {
    accept: 'outside',
    reject: 'outside',
    setSourceBased: 'outside',
    setNone: 'outside',
    update: 'outside',
    delete: 'outside',
    timeout: 'outside',
    retry: 'outside',
    membersChanged: 'inside',
    resend: 'inside',
    applied: 'inside',
    refused: 'inside',
    inForce: 'inside',
    outdated: 'inside',
    routerDown: 'inside',
    routerDestroyed: 'inside',
  },
  member: {
    started: 'outside',
    startFailed: 'outside',
    drained: 'outside',
    fail: 'outside',
    destroy: 'outside',
    create: 'inside',
    remove: 'inside',
    joined: 'inside',
  },
  entry: {
    apply: 'outside',
    refuse: 'outside',
    verify: 'outside',
    loseAddress: 'outside',
    regainAddress: 'outside',
    loseCertificate: 'outside',
    regainCertificate: 'outside',
    put: 'inside',
    putStale: 'inside',
    remove: 'inside',
    report: 'inside',
    age: 'inside',
    halt: 'inside',
    wipe: 'inside',
  },
} as const satisfies { readonly [N in ChartName]: Readonly<Record<EventOf<N>, Origin>> };

/** The states of each statechart. A statechart with another one cannot be written down. */
export const STATES: Readonly<Record<ChartName, readonly string[]>> = {
  router: ['absent', 'starting', 'running', 'unreachable', 'stopped'],
  group: ['new', 'enabled', 'scaling', 'disabled', 'revoke', 'removed'],
  rule: ['staged', 'add', 'active', 'revoke', 'gone'],
  member: ['gone', 'provisioning', 'joining', 'serving', 'draining', 'failed'],
  entry: [
    'empty',
    'applying',
    'refused',
    'programmed',
    'inForce',
    'addressAway',
    'waitingForAddress',
    'certificateGone',
    'waitingForCertificate',
    'removing',
    'removed',
  ],
};

/** The actions of the statecharts that others hear. All others concern the statechart's own context, or nothing. */
export const ACTIONS: readonly string[] = [
  'createMember',
  'removeMember',
  'destroyMembers',
  'resend',
  'confirmMembers',
  'tellServing',
  'tellFailed',
  'tellGone',
  'tellDestroyed',
  'tellRule',
  'halt',
  'wipe',
  'putRule',
  'removeRule',
  'syncRules',
  'reportRules',
  'newGeneration',
  'answerApplied',
  'answerInForce',
  'answerRefused',
  'answerOutdated',
];

/** What a statechart's context has, and the numbers that stand for its words; what is missing are numbers already. */
export const CONTEXTS: Readonly<Record<ChartName, Readonly<Record<string, readonly unknown[] | 'number'>>>> = {
  router: {},
  group: { size: 'number', min: 'number', max: 'number', capacity: 'number', quiet: [false, true] },
  rule: { stickiness: ['none', 'source'], inForce: ['absent', 'stale', 'current'] },
  member: {},
  entry: { generation: ['absent', 'stale', 'current'], serves: ['absent', 'stale', 'current'] },
};
