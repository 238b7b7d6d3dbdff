import type { Answer, Ask, Cookies } from './traffic.ts';

/** A complete reply: what it says, and what of the input follows it. */
export interface Reply {
  answer: Answer;
  rest: string;
}

/** An identity that a VM may have. */
export const VM_PATTERN = /^[A-Za-z0-9_.-]{1,64}$/;

const GARBLED: Answer = { ok: false, error: 'garbled' };

function identity(text: string): Answer {
  return VM_PATTERN.test(text) ? { ok: true, vm: text } : GARBLED;
}

function readLine(input: string): Reply | undefined {
  const end = input.indexOf('\n');
  if (end < 0) return undefined;
  return { answer: identity(input.slice(0, end)), rest: input.slice(end + 1) };
}

function readResponse(input: string): Reply | undefined {
  const headEnd = input.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = input.slice(0, headEnd);
  const status = /^HTTP\/1\.[01] (\d{3})(?: |\r|$)/.exec(head)?.[1];
  if (status === undefined) return { answer: GARBLED, rest: '' };
  // HAProxy's own errors (503: no server) end with the connection, so that there is nothing to read after them.
  if (status !== '200') return { answer: { ok: false, error: `http-${status}` }, rest: '' };
  const length = /^content-length: *(\d{1,4})$/im.exec(head)?.[1];
  if (length === undefined) return { answer: GARBLED, rest: '' };
  const bodyStart = headEnd + 4;
  const bodyEnd = bodyStart + Number(length);
  if (input.length < bodyEnd) return undefined;
  const [answer, cookies] = [identity(input.slice(bodyStart, bodyEnd)), setBy(head)];
  return {
    answer: answer.ok && Object.keys(cookies).length > 0 ? { ...answer, cookies } : answer,
    rest: input.slice(bodyEnd),
  };
}

/** What the `Set-Cookie` lines of a response set. */
const setBy = (head: string): Cookies =>
  Object.fromEntries(
    [...head.matchAll(/^set-cookie: *([^=\s]+)=([^;\r]*)/gim)].map(([, name, value]) => [name!, value!]),
  );

const cookieLine = (cookies: Cookies = {}): string => {
  const pairs = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
  return pairs.length > 0 ? `Cookie: ${pairs.join('; ')}\r\n` : '';
};

/** What a client sends to ask once. */
export function question({ protocol, ip, cookies, session }: Ask): string {
  if (protocol === 'tcp') return 'who\n';
  return `GET /${session ?? ''} HTTP/1.1\r\nHost: ${ip}\r\n${cookieLine(cookies)}\r\n`;
}

/** The first reply in `input`, or undefined while it is not complete. */
export function readReply(protocol: Ask['protocol'], input: string): Reply | undefined {
  return protocol === 'tcp' ? readLine(input) : readResponse(input);
}
