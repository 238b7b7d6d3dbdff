import { formatTime, parseTime } from '../units.ts';
import { type Codec, oneOf, syntax } from './codec.ts';

const modes = ['rewrite', 'insert', 'prefix'] as const;
const flags = ['indirect', 'nocache', 'postonly', 'preserve', 'httponly', 'secure', 'dynamic'] as const;

/** `cookie NAME ...`: persistence by a cookie (configuration.txt 4.2). */
export interface CookieStatement {
  keyword: 'cookie';
  name: string;
  mode?: (typeof modes)[number];
  flags: (typeof flags)[number][];
  domains: string[];
  /** `Name=value` pairs of `attr`. */
  attributes: string[];
  /** Seconds. */
  maxIdle?: number;
  /** Seconds. */
  maxLife?: number;
}

/** `cookie NAME [FLAGS and ATTRIBUTES]`; times are in milliseconds. */
export const cookieCodec: Codec<CookieStatement> = {
  read([name, ...words]) {
    if (name === undefined) throw syntax('"cookie" needs a name');
    const cookie: CookieStatement = { keyword: 'cookie', name, flags: [], domains: [], attributes: [] };
    for (let at = 0; at < words.length; at++) {
      const word = words[at]!;
      const valued = ['domain', 'attr', 'maxidle', 'maxlife'].includes(word);
      const value = valued ? words[++at] : undefined;
      if (valued && value === undefined) throw syntax(`"${word}" needs a value`);
      if (word === 'domain') cookie.domains.push(value!);
      else if (word === 'attr') cookie.attributes.push(value!);
      else if (word === 'maxidle') cookie.maxIdle = parseTime(value!, 's') / 1000;
      else if (word === 'maxlife') cookie.maxLife = parseTime(value!, 's') / 1000;
      else setWord(cookie, word);
    }
    if (cookie.mode === 'rewrite' && cookie.flags.includes('indirect')) {
      throw syntax(
        '"indirect" cannot be combined with "rewrite": the cookie would be removed before it could be rewritten',
      );
    }
    return cookie;
  },
  write: ({ name, mode, flags, domains, attributes, maxIdle, maxLife }) => [
    name,
    ...(mode === undefined ? [] : [mode]),
    ...flags,
    ...domains.flatMap((domain) => ['domain', domain]),
    ...attributes.flatMap((attribute) => ['attr', attribute]),
    ...(maxIdle === undefined ? [] : ['maxidle', formatTime(maxIdle * 1000)]),
    ...(maxLife === undefined ? [] : ['maxlife', formatTime(maxLife * 1000)]),
  ],
};

function setWord(cookie: CookieStatement, word: string): void {
  const mode = modes.find((known) => known === word);
  if (mode === undefined) {
    cookie.flags.push(oneOf(flags, word, 'word of a cookie line'));
  } else if (cookie.mode === undefined) {
    cookie.mode = mode;
  } else {
    throw syntax(`a cookie line has one of ${modes.join(', ')}, not both "${cookie.mode}" and "${mode}"`);
  }
}
