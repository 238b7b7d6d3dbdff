/** A string of JSON, and the colon after it when it is a key. */
const stringOrKey = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

/**
 * The value of a text that is JSON, in which no object has a key twice; undefined: it is not such a text. YAML, of which
 * JSON is a part, takes more than ten times as long to read: half a second for 2,000 rules of 7 members.
 */
export function readJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const written = [...text.matchAll(stringOrKey)].filter(([, colon]) => colon !== undefined).length;
  return written === keysIn(value) ? value : undefined;
}

const keysIn = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, each) => sum + keysIn(each), own);
};
