// Keys for a first start: made once, kept in the data directory, shared by processes that start
// together. Production never gets here with a key missing; config.ts sees to that.
import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '#platform/config.ts';
import { settings } from '#platform/settings.ts';

interface Keys {
  /** In the form of ENCRYPTION_KEYS and COOKIE_KEYS. */
  readonly encryptionKeys: string;
  readonly cookieKeys: string;
}

/** The configuration with keys; what the operator has set is never replaced. */
export async function completeKeys(config: Config): Promise<Config> {
  if (config.encryptionKeys.length > 0 && config.cookieKeys.length > 0) return config;
  if (config.environment === 'production') throw new Error('Keys are never made in production.');
  const path = join(config.dataDirectory, 'keys.json');
  const keys = (await readKeys(path)) ?? (await makeKeys(config.dataDirectory, path));

  const encryptionKeys = settings.encryptionKeys.read(keys.encryptionKeys);
  const cookieKeys = settings.cookieKeys.read(keys.cookieKeys);
  return {
    ...config,
    encryptionKeys: config.encryptionKeys.length > 0 ? config.encryptionKeys : encryptionKeys,
    cookieKeys: config.cookieKeys.length > 0 ? config.cookieKeys : cookieKeys,
  };
}

/** Of processes that start together one writes the file; all go on with what is in it. */
async function makeKeys(directory: string, path: string): Promise<Keys> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const keys: Keys = {
    encryptionKeys: `development:${randomBytes(32).toString('base64')}`,
    cookieKeys: randomBytes(32).toString('base64url'),
  };
  try {
    await writeFile(draft, `${JSON.stringify(keys, null, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    });
    await publish(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  return (await readKeys(path)) ?? keys;
}

/** A link appears whole or not at all, and never replaces a file, which a rename would. */
async function publish(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return;
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(code)) throw error;
    await rename(draft, path); // Some shared folders have no links.
  }
}

async function readKeys(path: string): Promise<Keys | undefined> {
  try {
    const keys: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (!isKeys(keys)) throw new Error('its content is not what was written there');
    await chmod(path, 0o600);
    return keys;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new Error(
      `The keys in ${path} can not be used. Without them the data beside them can not be read: ` +
        'bring the file back, or remove the whole directory to start afresh.',
      { cause: error },
    );
  }
}

function isKeys(value: unknown): value is Keys {
  if (typeof value !== 'object' || value === null) return false;
  if (!('encryptionKeys' in value && 'cookieKeys' in value)) return false;
  return typeof value.encryptionKeys === 'string' && typeof value.cookieKeys === 'string';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
