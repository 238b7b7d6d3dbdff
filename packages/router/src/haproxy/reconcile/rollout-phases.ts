/**
 * The way of one change of a rule, from the moment at which HAProxy and iptables have it until it is in force:
 *
 * | phase | event | next phase | what happens |
 * |---|---|---|---|
 * | draining | drained | verifying | no held connection breaks the rule any more; its probes begin |
 * | draining, verifying | failed | notInForce | connections would not end, or a probe disagreed: `InForce=False/NotVerified` |
 * | draining, verifying | haproxyLost | interrupted | HAProxy is started anew with all rules, and each gets a new rollout |
 * | verifying | verified | inForce | `InForce=True/Verified`; the version is stored as the last good one |
 * | draining, verifying, notInForce, interrupted | superseded | superseded | a later change of the rule, or the end of HAProxy or of the router, took over; this rollout says nothing more |
 *
 * A command that asks for the same generation again supersedes a rollout that is not in force by a new one of the same change.
 * So does the router itself, after a time that doubles: what kept a probe out may have passed.
 */
export type RolloutPhase = 'draining' | 'verifying' | 'inForce' | 'notInForce' | 'interrupted' | 'superseded';

/** What happens to a rollout. */
export type RolloutEvent = 'drained' | 'verified' | 'failed' | 'haproxyLost' | 'superseded';

const transitions: Record<RolloutPhase, Partial<Record<RolloutEvent, RolloutPhase>>> = {
  draining: { drained: 'verifying', failed: 'notInForce', haproxyLost: 'interrupted', superseded: 'superseded' },
  verifying: { verified: 'inForce', failed: 'notInForce', haproxyLost: 'interrupted', superseded: 'superseded' },
  notInForce: { superseded: 'superseded' },
  interrupted: { superseded: 'superseded' },
  inForce: {},
  superseded: {},
};

/** All edges of the table, for tests and drawings. */
export const rolloutEdges = (): [RolloutPhase, RolloutEvent, RolloutPhase][] =>
  Object.entries(transitions).flatMap(([from, row]) =>
    Object.entries(row).map(([event, to]): [RolloutPhase, RolloutEvent, RolloutPhase] => [
      from as RolloutPhase,
      event as RolloutEvent,
      to,
    ]),
  );

/**
 * The phase after an event.
 *
 * @throws Error when the table has no such edge: a rollout was driven on after its end, which is a bug of the router.
 */
export function nextPhase(phase: RolloutPhase, event: RolloutEvent): RolloutPhase {
  const next = transitions[phase][event];
  if (next === undefined) throw new Error(`a rollout that is ${phase} cannot be ${event}`);
  return next;
}
