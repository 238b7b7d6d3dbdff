import { documentSchema, type InspectionDocument, RUN_HEADER, type RunKind } from '@limpet/inspection';

/** The element in which a page carries the recording that it shows. */
const EMBEDDED = 'inspection';

/** What the page is to show: the recording that it carries, or what its server has. @throws Error with a remedy */
export async function loadRun(): Promise<{ opened: InspectionDocument; kind: RunKind }> {
  const embedded = document.getElementById(EMBEDDED)?.textContent;
  if (embedded) return { opened: documentSchema.parse(JSON.parse(embedded)), kind: 'recorded' };
  const answer = await fetch('document.json');
  if (!answer.ok)
    throw new Error(`the server says ${answer.status}: does the command that serves this page still run?`);
  const opened = documentSchema.parse(await answer.json());
  return { opened, kind: (answer.headers.get(RUN_HEADER) ?? 'recorded') as RunKind };
}
