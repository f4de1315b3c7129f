// Writes refused lines to a file, each below a comment with the reason. The corrected file can be
// imported as it is, because comments are skipped.
import { open, stat, type FileHandle } from 'node:fs/promises';
import { AppError } from '#platform/errors.ts';

// Must not change: files written by earlier versions are recognized by it (see openOwn).
const heading =
  '# Lines that were refused by ostiary user import. Mend them and import this file.\n';

export interface Fault {
  readonly line: number;
  /** A sentence; contains no part of a password hash. */
  readonly reason: string;
  /** The original line; `undefined`: it was too long to be kept. */
  readonly bytes: Buffer | undefined;
}

export interface FaultsFile {
  add(faults: readonly Fault[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Creates the file, or replaces one of an earlier run; any other file is left unchanged. The file
 * contains password hashes, so only its owner may read it.
 * @throws AppError when it cannot be written, or is the file being imported
 */
export async function openFaultsFile(path: string, imported: string): Promise<FaultsFile> {
  await refuseSameFile(path, imported);
  const file = await openOwn(path);
  await file.truncate(0);
  await file.appendFile(heading);
  return {
    async add(faults) {
      await file.appendFile(Buffer.concat(faults.flatMap(describe)));
    },
    close: () => file.close(),
  };
}

function describe({ line, reason, bytes }: Fault): Buffer[] {
  const left = bytes ? '' : ' The line is omitted.';
  const comment = Buffer.from(`# line ${line}: ${reason}${left}\n`);
  return bytes ? [comment, bytes, Buffer.from('\n')] : [comment];
}

async function refuseSameFile(path: string, imported: string): Promise<void> {
  if (imported === '-') return;
  const [ours, theirs] = await Promise.all([path, imported].map(identify));
  if (ours === undefined || ours !== theirs) return;
  throw new AppError('conflict', '--faults names the file that is being imported.');
}

async function identify(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && `${found.dev}:${found.ino}`;
}

async function openOwn(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw refuse(path, error);
  }
  const file = await open(path, 'r+').catch((error: unknown) => {
    throw refuse(path, error);
  });
  const { buffer, bytesRead } = await file.read(Buffer.alloc(heading.length), 0, heading.length, 0);
  if (bytesRead === 0 || buffer.toString() === heading) return file;
  await file.close();
  throw new AppError('conflict', `${path} already exists and is not a list of refused lines.`);
}

function refuse(path: string, cause: unknown): AppError {
  return new AppError('invalid_input', `${path} cannot be written (${codeOf(cause)}).`, { cause });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}
