import { CloudStackError, parseDatabag, readDatabag as readContents } from '@limpet/cloudstack';
import { nodeFiles } from '@limpet/data-plane';
import { defaultSettings } from '@limpet/router';
import { compareCertificates } from './compare-certificates.ts';
import type { Source } from './desired-state.ts';
import { RulesError } from './errors.ts';

/**
 * Reads what a databag says, on the router that it is for: its certificates are compared with the files there.
 *
 * @throws as {@link readDatabag}
 */
export const readDatabagHere = (text: string, source: string): Promise<Source> =>
  compareCertificates(readDatabag(text, source), nodeFiles);

/**
 * Reads what a databag says.
 *
 * @param source name of the file, for messages
 * @throws RulesError `DATABAG_INVALID`
 */
export function readDatabag(text: string, source: string): Source {
  try {
    const { rules, refused, settings, certificates, notCarriedOut } = readContents(parseDatabag(text));
    return {
      databag: source,
      rules,
      unreadable: refused.map(({ key, error }) => ({ key, message: `${source}: ${error.message}` })),
      settings: { ...settings, peersPort: defaultSettings.peersPort },
      certificates: certificates.map((each) => ({ ...each, place: `${source}: ${each.place}` })),
      notCarriedOut: notCarriedOut.map(({ place, line, why }) => `${source}: ${place}: "${line}": ${why}`),
    };
  } catch (cause) {
    if (!(cause instanceof CloudStackError)) throw cause;
    throw new RulesError('DATABAG_INVALID', [`${source}: ${cause.message}`], { cause });
  }
}
