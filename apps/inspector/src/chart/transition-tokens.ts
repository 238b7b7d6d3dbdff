import type { ActionDescription, TransitionDescription } from '@limpet/inspection';
import type { Arrow } from './arrange.ts';
import type { Hierarchy } from './hierarchy.ts';
import { type Token, token } from './tokens.ts';

/** `event [guard] / action, action` */
export function transitionTokens({ trigger, guard, actions }: TransitionDescription): Token[] {
  return [
    token(trigger.name, trigger.kind === 'event' ? 'event' : 'always'),
    ...(guard === undefined ? [] : [token(`[${guard}]`, 'guard')]),
    ...(actions.length === 0 ? [] : [token('/', 'muted'), ...actionTokens(actions)]),
  ];
}

/** The actions, with a comma after each but the last; a command has a mark. */
export function actionTokens(actions: readonly ActionDescription[]): Token[] {
  return actions.map(({ name, command }, at) => {
    const text = `${command ? '▸' : ''}${name}${at < actions.length - 1 ? ',' : ''}`;
    return token(text, command ? 'command' : 'action');
  });
}

/** What is written on an arrow for one of its transitions: where the true source and targets are, when they lie deeper. */
export function arrowTokens(transition: TransitionDescription, arrow: Arrow, hierarchy: Hierarchy): Token[] {
  const { source, targets } = transition;
  const from = source === arrow.source ? '' : hierarchy.path(arrow.source, source);
  const to = targets
    .map((target) => (hierarchy.line(target).includes(arrow.target) ? hierarchy.path(arrow.target, target) : target))
    .filter((path) => path !== '');
  return [
    ...(from === '' ? [] : [token(`${from}:`, 'muted')]),
    ...transitionTokens(transition),
    ...(to.length === 0 ? [] : [token(`→ ${to.join(' + ')}`, 'muted')]),
  ];
}

/** What is written into a state's box for a transition that no arrow shows. */
export function insideTokens(transition: TransitionDescription, hierarchy: Hierarchy): Token[] {
  const { source, targets, reenter } = transition;
  const where = targets.map((target) => {
    if (target === source) return reenter ? '↻' : '';
    return `→ ${hierarchy.path(source, target) || hierarchy.state(target).key}`;
  });
  return [...transitionTokens(transition), ...where.filter((text) => text !== '').map((text) => token(text, 'muted'))];
}
