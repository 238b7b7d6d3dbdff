import type { LoadBalancerDatabag } from '../databag.ts';

/** One line of the configuration, with its place in the databag. */
export interface ConfigLine {
  /** `rules[0].configuration[17]`, and `, line 2` where the element holds several. */
  place: string;
  /** For messages: as in haproxy.cfg, without indentation, trailing blanks and the password of a statistics page. */
  text: string;
  words: string[];
}

/** The lines of haproxy.cfg that say something, as the router splits them: elements first, then embedded newlines. */
export function linesOf({ list, config }: LoadBalancerDatabag): ConfigLine[] {
  return config.configuration.flatMap((element, i) => {
    const lines = element.split('\n');
    return lines
      .map((line, j) => ({
        place: `${list}[0].configuration[${i}]${lines.length > 1 ? `, line ${j + 1}` : ''}`,
        text: withoutPassword(line.trim()),
        words: line.trim().split(/[ \t]+/),
      }))
      .filter(({ text }) => text !== '' && !text.startsWith('#'));
  });
}

const withoutPassword = (text: string): string => text.replace(/^(stats\s+auth\s+[^\s:]*:).*/, '$1...');
