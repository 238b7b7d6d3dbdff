/** A `cookie` line with its `dynamic-cookie-key`. */
export interface CookieSpec {
  name: string;
  mode: 'insert' | 'rewrite' | 'prefix';
  /** Added to responses to POST requests only. */
  postonly: boolean;
  /**
   * The key from which values are computed, with a server's address; undefined: servers have `cookie` values of their
   * own.
   */
  key: string | undefined;
}

const modes = ['insert', 'rewrite', 'prefix'] as const;
const withValue = new Set(['domain', 'maxidle', 'maxlife', 'attr']);
const alone = new Set(['nocache', 'indirect', 'postonly', 'preserve', 'httponly', 'secure', 'dynamic']);

/**
 * Reads the words after `cookie`.
 *
 * @throws Error with HAProxy's message (cfgparse-listen.c) when HAProxy rejects them.
 */
export function parseCookie([name, ...words]: readonly string[], key: string | undefined): CookieSpec {
  if (name === undefined) throw new Error("'cookie' expects <cookie_name> as argument.");
  const found = modes.filter((mode) => words.includes(mode));
  if (found.length > 1) throw new Error(`cookie '${name}' cannot be used in several modes at once.`);
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (withValue.has(word)) {
      at += 1;
      if (words[at] === undefined) throw new Error(`'cookie' expects <${word}> as argument.`);
    } else if (!alone.has(word) && !(modes as readonly string[]).includes(word)) {
      throw new Error(`'cookie' supports 'rewrite', 'insert', 'prefix', ... and not '${word}'.`);
    }
  }
  const [mode = 'insert'] = found;
  if (mode === 'rewrite' && words.includes('indirect')) {
    throw new Error("'cookie': 'rewrite' and 'indirect' modes are incompatible");
  }
  return { name, mode, postonly: words.includes('postonly'), key: words.includes('dynamic') ? key : undefined };
}
