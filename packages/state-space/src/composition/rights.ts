/**
 * What must be possible: events that the world brings about whether anybody waits for them or not, and what users may ask for.
 * A statechart that does not know such an event breaks nothing else, since nothing happens. And what must not be: a statechart that
 * takes too much breaks nothing else, either, where it does what it says.
 *
 * @module
 */
import { carriesTraffic, type Property, type Side, saysInForce } from './property.ts';

/** Properties of what has to be possible in a state. */
export const RIGHTS: readonly Property[] = [
  {
    name: 'world-is-heard',
    sentence:
      'What happens by itself is heard whenever it can happen: a start that ends or fails, a lost router, a dead VM, a VM that is drained, a lost message, the end of the quiet time. Nothing arrives at a router out of reach.',
    upstream: [],
    holdsOfSide: (side) => worldEvents(side).every((event) => side.allowed.has(event)),
    holdsOfChannel: (router, { entry, inFlight }, can) => {
      const isReached = router === 'running';
      const steps = carriesTraffic(router) ? (ROUTER_STEPS[entry.value] ?? []) : [];
      const ways = isReached ? ['deliver', 'duplicate', 'lose'] : ['lose'];
      return (
        steps.every(can) &&
        Object.keys(inFlight).every(
          (message) => ways.every((way) => can(`${way} ${message}`)) && (isReached || !can(`deliver ${message}`)),
        )
      );
    },
  },
  {
    name: 'users-may',
    sentence:
      'What the state of a router, a rule, a VM or the bounds permits is never refused, and to ask for what is so already is a success. Nothing else is taken.',
    upstream: ['apache/cloudstack#9503'],
    holdsOfSide: (side) => {
      const rights = userEvents(side);
      const known = new Set([...rights, ...worldEvents(side), ...conditionalEvents(side)]);
      return rights.every((event) => side.allowed.has(event)) && [...side.allowed].every((event) => known.has(event));
    },
  },
  {
    name: 'no-removal-without-router',
    sentence: 'No rule waits for its removal from a router that does not exist.',
    upstream: ['apache/cloudstack#9503'],
    holdsOfSide: ({ router, rule }) => rule.value !== 'revoke' || router !== 'absent',
  },
];

const ROUTER_STEPS: Readonly<Record<string, readonly string[]>> = {
  applying: ['entry apply', 'entry refuse'],
  programmed: ['entry verify', 'entry loseAddress', 'entry loseCertificate'],
  inForce: ['entry loseAddress', 'entry loseCertificate'],
  addressAway: ['entry regainAddress'],
  waitingForAddress: ['entry regainAddress'],
  certificateGone: ['entry regainCertificate'],
  waitingForCertificate: ['entry regainCertificate'],
  removing: ['entry apply', 'entry refuse'],
};

/** What the world may do to a router, to a VM, and to a rule and a group that are new. */
const WORLD: Readonly<Record<'router' | 'member' | 'rule', Readonly<Record<string, readonly string[]>>>> = {
  router: { starting: ['started', 'startFailed'], running: ['lost'], unreachable: ['recovered'] },
  member: { provisioning: ['started', 'startFailed'], joining: ['fail'], serving: ['fail'], draining: ['fail'] },
  rule: { staged: ['accept', 'reject'] },
};

function worldEvents({ router, group, rule, members }: Side): string[] {
  const isQuiet = group.context.quiet && (group.value === 'enabled' || group.value === 'disabled');
  const isReady = group.value === 'new' && (rule.value === 'add' || rule.value === 'active');
  // A router that carries no traffic has no new clients for it.
  const isDrained = !carriesTraffic(router) || saysInForce({ rule });
  return [
    ...(WORLD.router[router] ?? []).map((event) => `router ${event}`),
    ...(WORLD.rule[rule.value] ?? []).map((event) => `rule ${event}`),
    ...members.flatMap(({ value }, i) => [
      ...(WORLD.member[value] ?? []).map((event) => `member ${i} ${event}`),
      ...(value === 'draining' && isDrained ? [`member ${i} drained`] : []),
    ]),
    ...(isQuiet ? ['group quietOver'] : []),
    ...(isReady ? ['group configured'] : []),
    ...(group.value === 'new' ? ['group configureFailed'] : []),
  ];
}

/** What a user may ask of a router, of a group and of a rule. */
const RIGHTS_OF: Readonly<Record<'router' | 'group' | 'rule', Readonly<Record<string, readonly string[]>>>> = {
  router: {
    absent: ['deploy'],
    starting: ['destroy'],
    running: ['stop', 'reboot', 'destroy'],
    unreachable: ['stop', 'reboot', 'destroy'],
    stopped: ['start', 'stop', 'destroy'],
  },
  group: {
    new: ['delete', 'deleteWithCleanup'],
    enabled: ['disable', 'enable', 'deleteWithCleanup'],
    scaling: ['disable', 'deleteWithCleanup'],
    disabled: ['enable', 'disable', 'deleteWithCleanup'],
    revoke: ['delete', 'deleteWithCleanup'],
  },
  rule: {
    staged: ['setSourceBased', 'setNone'],
    add: ['setSourceBased', 'setNone', 'update'],
    active: ['setSourceBased', 'setNone', 'update'],
    revoke: ['delete'],
  },
};

function userEvents({ router, group, rule, members }: Side): string[] {
  const { min, max, capacity } = group.context;
  const isDisabled = group.value === 'disabled';
  const bounds = { raiseMin: min < max, lowerMin: min > 1, raiseMax: max < capacity, lowerMax: max > min };
  const isOrphan = group.value === 'removed' && (rule.value === 'add' || rule.value === 'active');
  return [
    ...RIGHTS_OF.router[router]!.map((event) => `router ${event}`),
    ...(RIGHTS_OF.group[group.value] ?? []).map((event) => `group ${event}`),
    ...(RIGHTS_OF.rule[rule.value] ?? []).map((event) => `rule ${event}`),
    ...(isOrphan ? ['rule delete'] : []),
    ...members.flatMap(({ value }, i) =>
      value === 'failed' || (isDisabled && value !== 'gone') ? [`member ${i} destroy`] : [],
    ),
    ...(isDisabled ? Object.entries(bounds).flatMap(([event, may]) => (may ? [`group ${event}`] : [])) : []),
    ...(isDisabled && group.context.size === 0 ? ['group delete'] : []),
    ...(group.value === 'removed' && rule.value === 'gone' ? ['place create'] : []),
  ];
}

const BOUNDS = ['raiseMin', 'lowerMin', 'raiseMax', 'lowerMax'] as const;

/** What else may happen in a state; what it needs besides, other properties say. */
function conditionalEvents({ group, rule, members }: Side): string[] {
  const isAccepted = rule.value === 'add' || rule.value === 'active';
  return [
    ...(group.value === 'enabled' ? ['group scaleUp', 'group scaleDown'] : []),
    ...(group.value === 'enabled' || group.value === 'disabled' ? ['group quietOver'] : []),
    ...(group.value === 'disabled' ? BOUNDS.map((event) => `group ${event}`) : []),
    ...(isAccepted || rule.value === 'revoke' ? ['rule timeout', 'rule retry'] : []),
    ...(isAccepted ? ['rule delete'] : []),
    ...members.flatMap(({ value }, i) => [
      ...(value === 'gone' ? [] : [`member ${i} destroy`]),
      ...(value === 'draining' ? [`member ${i} drained`] : []),
    ]),
  ];
}
