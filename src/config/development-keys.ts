// Keys for development: generated once, stored in the data directory, and shared by processes that
// start at the same time. In production, config.ts requires the keys to be set.
import { randomBytes } from 'node:crypto';
import { chmod, link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#platform/errors.ts';
import { ensurePrivateDirectory } from '#platform/private-directory.ts';
import type { Config } from './config.ts';
import { cookieKeys, encryptionKeys } from './kinds/keys.ts';

type Keys = Pick<Config, 'encryptionKeys' | 'cookieKeys'>;

/** Completes the configuration with keys. Keys set by the operator are never replaced. */
export async function completeKeys(config: Config): Promise<Config> {
  if (config.encryptionKeys.length > 0 && config.cookieKeys.length > 0) return config;
  if (config.environment === 'production') {
    throw new AppError('internal', 'Keys are never generated in production.');
  }
  const keys = await findKeys(config.dataDirectory);
  return {
    ...config,
    encryptionKeys: config.encryptionKeys.length > 0 ? config.encryptionKeys : keys.encryptionKeys,
    cookieKeys: config.cookieKeys.length > 0 ? config.cookieKeys : keys.cookieKeys,
  };
}

/**
 * One of the processes that start at the same time writes the file; all of them use its content.
 */
async function findKeys(directory: string): Promise<Keys> {
  await ensurePrivateDirectory(directory);
  const path = join(directory, 'keys.json');
  const found = await readKeys(path);
  if (found) return found;
  await makeKeys(path);
  const made = await readKeys(path);
  if (!made)
    throw new AppError(
      'internal',
      `The keys in ${path} were removed immediately after they were written.`,
    );
  return made;
}

/** The values have the format of ENCRYPTION_KEYS and COOKIE_KEYS. */
async function makeKeys(path: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const keys = {
    encryptionKeys: `development:${randomBytes(32).toString('base64')}`,
    cookieKeys: randomBytes(32).toString('base64url'),
  };
  const text = `${JSON.stringify(keys, null, 2)}\n`;
  try {
    await writeFile(draft, text, { mode: 0o600, flag: 'wx', flush: true });
    await publish(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

/** A link appears atomically and, unlike a rename, never replaces an existing file. */
async function publish(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return;
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(code)) throw error;
    await rename(draft, path); // Some shared folders do not support links.
  }
}

async function readKeys(path: string): Promise<Keys | undefined> {
  try {
    const keys = parseKeys(JSON.parse(await readFile(path, 'utf8')));
    await chmod(path, 0o600);
    return keys;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new AppError(
      'internal',
      `The keys in ${path} cannot be used. Without them the data in this directory cannot be ` +
        'decrypted: restore the file, or remove the whole directory to start over.',
      { cause: error },
    );
  }
}

function parseKeys(content: unknown): Keys {
  if (typeof content !== 'object' || content === null) throw new Error('not an object');
  if (!('encryptionKeys' in content && 'cookieKeys' in content))
    throw new Error('keys are missing');
  return {
    encryptionKeys: encryptionKeys.parse(String(content.encryptionKeys)),
    cookieKeys: cookieKeys.parse(String(content.cookieKeys)),
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
