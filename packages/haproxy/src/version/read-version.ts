import { HaproxyError } from '../errors.ts';

/** What a HAProxy says it is. */
export interface HaproxyVersion {
  /** As printed: `2.6.12-1+deb12u4`. */
  text: string;
  /** `2.6`. */
  branch: string;
  /** Build features that are on, by HAProxy's names (`OPENSSL`, `LUA`); absent where only `haproxy -vv` tells. */
  features?: ReadonlySet<string>;
}

/**
 * Reads the output of `haproxy -v`, `haproxy -vv`, `show version` or `show info`.
 *
 * @throws HaproxyError `HAPROXY_UNEXPECTED_OUTPUT`.
 */
export function readVersion(text: string): HaproxyVersion {
  const match = /^(?:HA-?Proxy version |Version: )?((\d+\.\d+)[.-]\S+)/m.exec(text);
  if (!match) {
    throw new HaproxyError(
      'HAPROXY_UNEXPECTED_OUTPUT',
      `${JSON.stringify(text.slice(0, 80))} names no version of HAProxy; give the output of "haproxy -vv" or of "show version"`,
    );
  }
  const version: HaproxyVersion = { text: match[1]!, branch: match[2]! };
  const list = /^Feature list : (.*)$/m.exec(text)?.[1];
  if (list !== undefined) {
    const words = list.split(' ');
    version.features = new Set(words.filter((word) => word.startsWith('+')).map((word) => word.slice(1)));
  }
  return version;
}
