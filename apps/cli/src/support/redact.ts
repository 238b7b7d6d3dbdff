/** What stands in place of a secret. */
const MASK = '[redacted]';

/** A value as YAML, JSON and HAProxy write it: within quotes, or up to a blank. */
const value = String.raw`"(?:\\.|[^"\\])*"|'[^']*'|[^\s,}\]]+`;
const key = String.raw`[\w-]*(?:passwo?r?d|secret|token|api[-_]?key)["']?\s*[:=]\s*`;

/** Whatever looks like a secret: what stands before it in the first group, and the secret in the second. */
const secret = [
  // HAProxy: "stats auth USER:PASSWORD", "user NAME password HASH".
  new RegExp(String.raw`(\bstats\s+auth\s+)(${value})`, 'g'),
  new RegExp(String.raw`(\buser\s+\S+\s+(?:insecure-)?password\s+)(${value})`, 'g'),
  // Keys of YAML, JSON and environments.
  new RegExp(String.raw`(["']?\b${key})(${value})`, 'gi'),
  // Headers of HTTP.
  /(\bauthorization["']?\s*[:=]\s*["']?(?:(?:basic|bearer)\s+)?)([^\s"']+)/gi,
  /(\bbearer\s+)([^\s"']+)/gi,
  /(\b(?:set-)?cookie["']?\s*:\s*["']?)([^\r\n"']+)/gi,
  // Addresses: https://user:password@host.
  /(\b[a-z][a-z+.-]*:\/\/[^\s/:@]+:)([^\s/@]+)(?=@)/gi,
  // PEM.
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)([\s\S]*?)(?=-----END|$)/g,
];

/** The text without secrets: those that look like one, and the known ones wherever they stand. */
export function redact(text: string, known: readonly string[]): string {
  const masked = secret.reduce((left, pattern) => left.replace(pattern, `$1${MASK}`), text);
  // A long one may have a short one within.
  const values = known.filter((each) => each !== '').sort((a, b) => b.length - a.length);
  return values.reduce((left, each) => left.replaceAll(each, MASK), masked);
}

/** The secrets that a text has, to be taken out of other texts as well. */
export function secretsIn(text: string): string[] {
  return secret.flatMap((pattern) => [...text.matchAll(pattern)].flatMap(([, , found]) => partsOf(found!)));
}

/** A key is as many secrets as it has lines, a cookie as many as it has values; of a user and a password, one is. */
function partsOf(found: string): string[] {
  const bare = found.trim().replace(/^["']|["']$/g, '');
  const pieces = bare.split(/[;\n]\s*/);
  const values = pieces.flatMap((piece) => /^[^:=\s]+[:=](.+)$/.exec(piece)?.[1] ?? []);
  return [bare, ...pieces, ...values].filter((part) => part.length > 3);
}
