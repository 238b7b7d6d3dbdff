/** A commit, as `git log` gives it. */
export interface Commit {
  /** Abbreviated or whole. */
  hash: string;
  /** The first line of the message. */
  subject: string;
  /** The message without its first line. */
  body: string;
  /** Hashes; a merge has two or more. */
  parents: readonly string[];
}

/** Characters of a subject; Git's own pages, and forges, cut longer ones. */
const mostCharacters = 72;

/**
 * What is against the rule of CONTRIBUTING for commits, as `hash "subject": why`: a subject has at most 72 characters, is
 * imperative, and has one concern; a body is set off by an empty line. Merges are passed over.
 *
 * "Imperative" is checked of the first word after a prefix such as `lab: ` only: it must not end as a past or progressive
 * form does (`Added`, `fixing`). What begins with a noun passes; a wrong alarm costs more than a miss.
 */
export function commitFindings(commits: readonly Commit[]): string[] {
  return commits
    .filter(({ parents }) => parents.length < 2)
    .flatMap(({ hash, subject, body }) =>
      objections(subject, body).map((why) => `${hash} ${JSON.stringify(subject)}: ${why}`),
    );
}

/** Imperatives, and nouns, that end like a past or a progressive form. */
const exceptions = new Set([
  ...['feed', 'embed', 'shed', 'need', 'seed', 'speed', 'exceed', 'proceed', 'shred', 'wed'],
  ...['bring', 'ring', 'string', 'sing', 'spring', 'swing', 'ping', 'king', 'thing', 'nothing', 'everything'],
  ...['testing', 'tooling', 'naming', 'timing', 'numbering', 'mapping', 'logging', 'parsing', 'draining'],
]);

function objections(subject: string, body: string): string[] {
  const text = subject.replace(/^[\w./-]+(, [\w./-]+)*: /, '');
  const word = /^[A-Za-z]+/.exec(text)?.[0].toLowerCase() ?? '';
  const found: string[] = [];
  if ([...subject].length > mostCharacters) found.push(`more than ${mostCharacters} characters; say the rest below`);
  if (/(ed|ing)$/.test(word) && !exceptions.has(word)) found.push(`imperative, please: not "${word}"`);
  if (text.includes(';')) found.push('two concerns are two commits');
  if (body !== '' && !body.startsWith('\n')) found.push('an empty line after the first one');
  return found;
}
