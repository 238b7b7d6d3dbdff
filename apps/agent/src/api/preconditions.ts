import { Problem } from './problem.ts';

/** The headers by which a client says what it believes is there (RFC 9110, 13.1). */
export interface Preconditions {
  'if-match'?: string | undefined;
  'if-none-match'?: string | undefined;
}

/** The entity tag of a generation. */
export const etag = (generation: number): string => `"${generation}"`;

/**
 * Refuses a change by a client that has not seen what is there.
 *
 * @param generation of what is there; undefined when nothing is
 * @throws Problem `PRECONDITION_REQUIRED`, `PRECONDITION_FAILED`
 */
export function checkPreconditions(
  { 'if-match': match, 'if-none-match': noneMatch }: Preconditions,
  generation: number | undefined,
): void {
  if (match === undefined && noneMatch === undefined) {
    throw new Problem(
      'PRECONDITION_REQUIRED',
      'send If-Match with the ETag of what you have read, or If-None-Match: * to create',
    );
  }
  const tags = (header: string): string[] => header.split(',').map((tag) => tag.trim());
  const isThere = (header: string): boolean =>
    generation !== undefined && tags(header).some((tag) => tag === '*' || tag === etag(generation));
  if ((match !== undefined && !isThere(match)) || (noneMatch !== undefined && isThere(noneMatch))) {
    throw new Problem(
      'PRECONDITION_FAILED',
      generation === undefined ? 'nothing is there' : `generation ${generation} is there; read it, and change that`,
      generation === undefined ? {} : { headers: { etag: etag(generation) } },
    );
  }
}
