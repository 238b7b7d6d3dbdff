import type { PageFile } from '@limpet/inspection';

/** The files of the inspector's page, which are read when they are first asked for. */
export function pageSource(): () => Promise<ReadonlyMap<string, PageFile>> {
  let files: Promise<ReadonlyMap<string, PageFile>> | undefined;
  const read = async (): Promise<ReadonlyMap<string, PageFile>> => {
    const { buildPage, readPageFiles } = await import('@limpet/inspector');
    try {
      return readPageFiles(await buildPage());
    } catch (cause) {
      const remedy = 'a bundle needs the folder page, which npm run bundle writes, beside it';
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
