import type { Files } from '../dataplane.ts';
import { type DesiredState, emptyDesired } from '../desired.ts';
import { RouterError } from '../errors.ts';
import type { RouterPaths } from './paths.ts';
import { emptyServerIds, type ServerIds } from './server-ids.ts';

const readJson = async <T>(files: Files, path: string, empty: () => T): Promise<T> => {
  const text = await files.read(path);
  if (text === undefined) return empty();
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new RouterError(
      'ROUTER_STATE_UNREADABLE',
      `${path} is not JSON any more; restore it, or remove it and send all rules again`,
      { cause },
    );
  }
};

/** What a router keeps over a restart: what is wanted, and the ids that it has given away. */
export interface Store {
  desired: DesiredState;
  serverIds: ServerIds;
}

export const loadStore = async (files: Files, paths: RouterPaths): Promise<Store> => ({
  desired: await readJson(files, paths.desired, emptyDesired),
  serverIds: await readJson(files, paths.serverIds, emptyServerIds),
});

export const saveDesired = (files: Files, paths: RouterPaths, desired: DesiredState): Promise<void> =>
  files.write(paths.desired, JSON.stringify(desired));

export const saveServerIds = (files: Files, paths: RouterPaths, serverIds: ServerIds): Promise<void> =>
  files.write(paths.serverIds, JSON.stringify(serverIds));
