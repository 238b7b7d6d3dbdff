import { CheckerError } from '../errors.ts';

/**
 * Refuses an option that there is not: a misspelt bound would bound nothing, and nobody would hear of it.
 *
 * @throws CheckerError `CHECKER_BAD_OPTION`
 */
export function requireOptions<T extends object>(options: T, known: Readonly<Record<keyof T, true>>): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  const names = Object.keys(known).join(', ');
  throw new CheckerError('CHECKER_BAD_OPTION', `${unknown}: there is no such option; there are ${names}`);
}
