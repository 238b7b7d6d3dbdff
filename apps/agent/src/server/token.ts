import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { Problem } from '../api/problem.ts';
import { AgentError } from '../errors.ts';
import type { Answer } from './http-server.ts';

/** RFC 6750, 2.1. It is long enough not to be guessed, and fits into the 16 KB of headers that Node takes. */
const token = /^[A-Za-z0-9\-._~+/]{32,4096}={0,2}$/;

/**
 * Reads the token that clients must show.
 *
 * @throws AgentError `AGENT_CREDENTIALS_UNUSABLE`: others can read it, it is too short or too long, or it cannot be read
 */
export async function readToken(path: string): Promise<string> {
  let mode: number;
  let text: string;
  try {
    ({ mode } = await stat(path));
    text = (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw unusable(`cannot read ${path}: ${(cause as Error).message}; write a token there`, cause);
  }
  if ((mode & 0o077) !== 0) {
    const said = (mode & 0o777).toString(8).padStart(4, '0');
    throw unusable(`${path}: its mode is ${said}, so that others can read the token; chmod 600 ${path}`);
  }
  if (!token.test(text)) {
    throw unusable(`${path}: expected a token of 32 to 4096 characters, such as openssl rand -hex 32 prints`);
  }
  return text;
}

const unusable = (message: string, cause?: unknown): AgentError =>
  new AgentError('AGENT_CREDENTIALS_UNUSABLE', [message], { cause });

/**
 * Answers those who show the token, and nothing to others. The file is read for each request, so that a new token counts at
 * once. A browser can show the token for the inspector's page alone, as the password of its own dialog: it adds passwords to
 * requests that other sites have it make, and those could change something elsewhere.
 *
 * @param refused told why a request was refused
 */
export function requireToken(answer: Answer, path: string, refused: (why: string) => void): Answer {
  return async (request) => {
    const isPage = isOfPage(request);
    const why = await refusal(tokenIn(request.headers.get('authorization') ?? '', isPage), path);
    if (why === undefined) return answer(request);
    refused(why);
    return new Problem('UNAUTHORIZED', 'send the header Authorization: Bearer with the token of this agent', {
      // Chromium reads one challenge of a header.
      headers: { 'www-authenticate': isPage ? 'Basic realm="Limpet, with the token as password"' : 'Bearer' },
    }).response();
  };
}

const isOfPage = ({ method, url }: Request): boolean =>
  (method === 'GET' || method === 'HEAD') && /^\/inspect(\/|$)/.test(new URL(url).pathname);

/** The token that is shown; as the password of Basic (RFC 7617) where that is taken. */
function tokenIn(authorization: string, takesBasic: boolean): string {
  const [, scheme = '', shown = ''] = /^(Bearer|Basic) (\S+)$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return shown;
  return takesBasic
    ? Buffer.from(shown, 'base64')
        .toString()
        .replace(/^[^:]*:/, '')
    : '';
}

async function refusal(shown: string, path: string): Promise<string | undefined> {
  try {
    const isRight = timingSafeEqual(digest(shown), digest(await readToken(path)));
    return isRight ? undefined : shown === '' ? 'no token was shown' : 'another token was shown';
  } catch (error) {
    return (error as Error).message;
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
