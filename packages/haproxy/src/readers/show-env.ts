import { linesOf, unexpected } from './unexpected.ts';

/**
 * Reads `show env [NAME]`: the process's variables. Empty when HAProxy does not know the name.
 *
 * @throws HaproxyError `HAPROXY_UNEXPECTED_OUTPUT`.
 */
export function readShowEnv(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  if (text.trim() === 'Variable not found') return variables;
  let last: string | undefined;
  for (const line of linesOf(text)) {
    const match = /^([A-Za-z_]\w*)=(.*)$/.exec(line);
    if (match) {
      last = match[1]!;
      variables.set(last, match[2]!);
    } else if (last !== undefined) {
      // A value with a line break is printed as it is.
      variables.set(last, `${variables.get(last)}\n${line}`);
    } else {
      throw unexpected('show env', line);
    }
  }
  return variables;
}
