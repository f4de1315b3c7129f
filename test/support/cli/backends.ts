// The backends on which a command can run; each must show the same behavior.
import { createDataDirectory, type CleanUp } from '#test/support/services/databases.ts';
import {
  createEmptyDirectory,
  createServerDatabase,
  openShell,
  startServer,
  type Settings,
  type Shell,
} from './shell.ts';

export const places = ['embedded', 'embedded in a running server', 'postgres'] as const;
export type Place = (typeof places)[number];

/** A shell with an empty, migrated database of that kind. */
export async function openBackend(t: CleanUp, place: Place): Promise<Shell> {
  return openShell(t, await preparePlace(t, place));
}

async function preparePlace(t: CleanUp, place: Place): Promise<Settings> {
  if (place === 'postgres') {
    const keys = { DATA_DIRECTORY: await createEmptyDirectory(t) };
    return { ...keys, DATABASE_URL: await createServerDatabase(t) };
  }
  const settings = { DATA_DIRECTORY: await createDataDirectory(t), PORT: '0' };
  if (place === 'embedded in a running server') await startServer(t, settings);
  return settings;
}
