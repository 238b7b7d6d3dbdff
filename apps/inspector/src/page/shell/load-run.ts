import { type InspectionDocument, RUN_HEADER, type RunKind } from '@limpet/inspection';

/** The element in which a page carries the recording that it shows. */
const EMBEDDED = 'inspection';

/**
 * What the page is to show: the recording that it carries, or what its server has. Who serves or writes the page has parsed the
 * recording, and is of the same build; to parse it here again would keep the page of a long run from showing anything for a
 * tenth of a second.
 *
 * @throws Error with a remedy
 */
export async function loadRun(): Promise<{ opened: InspectionDocument; kind: RunKind }> {
  const embedded = document.getElementById(EMBEDDED)?.textContent;
  if (embedded) return { opened: JSON.parse(embedded) as InspectionDocument, kind: 'recorded' };
  const answer = await fetch('document.json');
  if (!answer.ok)
    throw new Error(`the server says ${answer.status}: does the command that serves this page still run?`);
  const opened = (await answer.json()) as InspectionDocument;
  return { opened, kind: (answer.headers.get(RUN_HEADER) ?? 'recorded') as RunKind };
}
