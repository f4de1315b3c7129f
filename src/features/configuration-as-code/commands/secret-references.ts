// Resolves the secret references of a configuration file, in the process of the command line: a running
// server has a different environment, and must not open files that a client names.
import { open } from 'node:fs/promises';
import type { Environment } from '#config/config.ts';
import type {
  ConfigurationDocument,
  Entry,
  Secret,
} from '#features/configuration-as-code/document/document.ts';
import type {
  ParsedEntry,
  ParsedSection,
  SecretReference,
} from '#features/configuration-as-code/document/parse-document.ts';
import { AppError } from '#platform/errors.ts';

const maxSecretBytes = 4096;

/** @throws AppError `invalid_input` that names the location, never the value */
export async function resolveSecrets(
  sections: readonly ParsedSection[],
  env: Environment,
): Promise<ConfigurationDocument> {
  const resolved = sections.map(async ({ kind, entries }) => ({
    kind,
    entries: await Promise.all(entries.map((entry) => resolveEntry(entry, env))),
  }));
  return { sections: await Promise.all(resolved) };
}

async function resolveEntry(
  { secretReference: reference, ...entry }: ParsedEntry,
  env: Environment,
): Promise<Entry> {
  if (!reference) return entry;
  const value = await readSecret(reference, env, entry.place);
  const secret: Secret = { value, overlapSeconds: reference.overlap_seconds ?? 0 };
  return { ...entry, secret };
}

async function readSecret(
  reference: SecretReference,
  env: Environment,
  place: string,
): Promise<string> {
  const value = 'env' in reference ? env[reference.env] : await readFile(reference.file, place);
  const name = 'env' in reference ? `The variable ${reference.env}` : reference.file;
  // Editors and `echo` end a file with a line break.
  const secret = (value ?? '').replace(/\r?\n$/, '');
  if (secret !== '') return secret;
  throw new AppError('invalid_input', `${place}: ${name} is not set or empty.`);
}

async function readFile(path: string, place: string): Promise<string> {
  try {
    await using file = await open(path);
    const { bytesRead, buffer } = await file.read(
      Buffer.alloc(maxSecretBytes),
      0,
      maxSecretBytes,
      0,
    );
    return buffer.subarray(0, bytesRead).toString();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new AppError('invalid_input', `${place}: ${path} cannot be read (${code}).`, { cause });
  }
}
