// Restricts the data directory, with its keys, database and sockets, to one account. Entries that
// other accounts could only read are made private; a directory that others could have modified is
// refused.
import { chmod, lstat, mkdir, readdir, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { AppError } from './errors.ts';

const readableByOthers = 0o077;
const writableByOthers = 0o022;
/** Entries that Ostiary creates in a data directory, including drafts. */
const ownEntries =
  /^(?:database(?:\.new-\d+|\.replaced)?|keys\.json(?:\.[\da-f]+)?|pid|lock|control\.sock)$/;

/**
 * Creates the directory, or checks an existing one and makes it private.
 * @throws AppError `forbidden` when it belongs to another account, or others can modify its entries
 */
export async function ensurePrivateDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (!hasOwners()) return;
  const facts = await stat(directory);
  requireOwn(directory, facts);
  const names = await readdir(directory);
  if (names.length > 0) requireNoForeignWriters(directory, facts);
  // A directory with other entries, such as a home directory, keeps its mode.
  if (names.every((name) => ownEntries.test(name))) await close(directory, facts);
}

/**
 * Removes all permissions of other accounts from a file, or from a directory and everything in it.
 */
export async function makePrivate(path: string): Promise<void> {
  if (!hasOwners()) return;
  const facts = await lstat(path);
  if (facts.isSymbolicLink()) return;
  requireOwn(path, facts);
  await close(path, facts);
  if (!facts.isDirectory()) return;
  const names = await readdir(path);
  await Promise.all(names.map((name) => makePrivate(join(path, name))));
}

async function close(path: string, { mode }: Stats): Promise<void> {
  if (mode & readableByOthers) await chmod(path, mode & 0o700);
}

function requireOwn(path: string, { uid }: Stats): void {
  const own = process.getuid?.();
  if (uid === own) return;
  throw new AppError(
    'forbidden',
    `${path} belongs to another account (uid ${uid}, this is uid ${own}). Run Ostiary as its owner, ` +
      'or give it to this account with chown, or set DATA_DIRECTORY to a directory of its own.',
  );
}

function requireNoForeignWriters(directory: string, { mode }: Stats): void {
  if ((mode & writableByOthers) === 0) return;
  const shown = (mode & 0o7777).toString(8).padStart(4, '0');
  throw new AppError(
    'forbidden',
    `Other accounts can write to the data directory ${directory} (mode ${shown}), so keys and ` +
      `database in it may have been replaced. If you trust them, run "chmod 700 ${directory}" and ` +
      'start again; otherwise restore them from a backup.',
  );
}

/** Windows has no comparable modes and owners. */
function hasOwners(): boolean {
  return process.getuid !== undefined;
}
