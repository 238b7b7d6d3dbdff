import type { Files } from '@limpet/data-plane';
import { whyNotIn } from '@limpet/router';
import type { Source } from './desired-state.ts';

/**
 * Says which of a databag's certificates the files of their rules do not hold. Limpet reads these files. CloudStack's own step writes
 * them from the databag, before it comes to HAProxy.
 */
export async function compareCertificates<S extends Source>(
  { certificates = [], ...source }: S,
  files: Pick<Files, 'read'>,
): Promise<Omit<S, 'certificates'>> {
  const notes = await Promise.all(
    certificates.map(async ({ place, name, file, pem }) => {
      const why = await whyNotIn(file, pem, files);
      const remedy = `Limpet reads ${file}, and CloudStack's own step writes it (CsLoadBalancer); run that first`;
      return why === undefined ? [] : [`${place}: "${name}": ${why}; ${remedy}`];
    }),
  );
  return { ...source, notCarriedOut: [...source.notCarriedOut, ...notes.flat()] };
}
