// Files of backups. A file is complete or absent, and only its owner can read it.
import { randomBytes } from 'node:crypto';
import { link, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '#platform/errors.ts';

/** @throws AppError `conflict`: an older backup is never overwritten */
export async function requireNewFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found) throw existing(path);
}

/** @throws AppError `conflict` when there is a file, `invalid_input` when it cannot be written */
export async function writeArchiveFile(path: string, archive: Buffer): Promise<void> {
  const draft = `${path}.part-${randomBytes(6).toString('hex')}`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(archive);
      await file.sync();
    } finally {
      await file.close();
    }
    // A link appears with the whole content and, unlike a rename, never replaces a file.
    await link(draft, path);
    await syncDirectory(dirname(path));
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') throw existing(path);
    const message = `${path} cannot be written (${codeOf(cause)}).`;
    throw new AppError('invalid_input', message, { cause });
  } finally {
    await rm(draft, { force: true });
  }
}

/** @throws AppError `invalid_input` */
export async function readArchiveFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new AppError('invalid_input', `${path} cannot be read (${codeOf(cause)}).`, { cause });
  }
}

/** Otherwise the name could be lost in a power failure. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function existing(path: string): AppError {
  return new AppError('conflict', `${path} exists already. Choose another name or remove it.`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}
