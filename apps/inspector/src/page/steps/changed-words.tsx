import { Fragment } from 'react';

/** What a lane is, part by part: `active, stickiness source`; the parts that it was not before stand out. */
export function ChangedWords({ before, now }: { before: string; now: string }) {
  const known = new Set(before.split(', '));
  const parts = now.split(', ');
  return parts.map((part, at) => (
    // Parts can be alike, as those of members are.
    // biome-ignore lint/suspicious/noArrayIndexKey: a part is told by its place
    <Fragment key={at}>
      {at > 0 && ', '}
      {known.has(part) ? part : <mark>{part}</mark>}
    </Fragment>
  ));
}
