import type { PageFile } from '@limpet/inspection';

/** The files of the inspector's page, which are read when they are first asked for. @param folder of the built page */
export function pageSource(folder: string | undefined): () => Promise<ReadonlyMap<string, PageFile>> {
  let files: Promise<ReadonlyMap<string, PageFile>> | undefined;
  const read = async (): Promise<ReadonlyMap<string, PageFile>> => {
    const { buildPage, readPageFiles } = await import('@limpet/inspector');
    try {
      return readPageFiles(folder ?? (await buildPage()));
    } catch (cause) {
      const remedy = "give the folder of the built page as page in the agent's configuration";
      throw new Error(`the page cannot be read (${(cause as Error).message}); ${remedy}`, { cause });
    }
  };
  return () => {
    files ??= read().catch((error: unknown) => {
      files = undefined;
      throw error;
    });
    return files;
  };
}
