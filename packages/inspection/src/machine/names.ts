/**
 * What to write for the guards and actions of a machine, named or not.
 *
 * @module
 */

interface Composed {
  readonly guards?: readonly unknown[];
  readonly stateValue?: unknown;
  readonly name?: string;
  readonly type?: unknown;
}

/** A guard in words: its name; `not`, `and`, `or` and `stateIn` of XState with what they are made of; `inline` for a function. */
export function guardName(guard: unknown): string {
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'function') return composedName(guard as Composed);
  const { type, params } = guard as { type: string; params?: unknown };
  return withParams(type, params);
}

function composedName({ guards, stateValue, name }: Composed): string {
  if (stateValue !== undefined) return `in ${typeof stateValue === 'string' ? stateValue : JSON.stringify(stateValue)}`;
  if (guards === undefined) return name || 'inline';
  if (name === 'not') return `not ${guardName(guards[0])}`;
  return `(${guards.map(guardName).join(name === 'or' ? ' or ' : ' and ')})`;
}

/** An action in words: its name, `assign` for XState's own, `inline` for a function without a name. */
export function actionName(action: unknown): string {
  if (typeof action === 'string') return action;
  if (typeof action === 'function') {
    const { type, name } = action as unknown as Composed;
    return typeof type === 'string' ? type.replace(/^xstate\./, '') : name || 'inline';
  }
  const { type, params } = action as { type: string; params?: unknown };
  return withParams(type, params);
}

function withParams(type: string, params: unknown): string {
  if (params === undefined || typeof params === 'function') return type;
  return `${type}(${JSON.stringify(params)})`;
}
