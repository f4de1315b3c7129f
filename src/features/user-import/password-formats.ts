// The member `password` of a record: a hash string, or a hash as Keycloak and Firebase export it.
// Acceptable algorithms and parameters are defined in
// platform/crypto/foreign-hashes/hash-strings.ts.
import { z } from 'zod';
import { AppError } from '#platform/errors.ts';
import {
  checkHash,
  readBase64,
  readHash,
  type ForeignHash,
  type HashReading,
} from '#platform/crypto/foreign-hashes/hash-strings.ts';

const text = z.string().min(1).max(4000);
const count = z.int().min(1);

const asText = z.strictObject({ hash: text });

/** Names as in `firebase auth:export` and in the hash parameters of the Firebase console. */
const firebase = z.strictObject({
  hash: text,
  salt: z.string().max(4000),
  signer_key: text,
  salt_separator: z.string().max(4000),
  rounds: count,
  mem_cost: count,
});

/** Both are JSON strings in a realm export; objects are accepted as well. */
const keycloak = z.strictObject({
  credentialData: z.union([text, z.record(z.string(), z.unknown())]),
  secretData: z.union([text, z.record(z.string(), z.unknown())]),
});
const keycloakCredential = z.object({
  algorithm: text,
  hashIterations: count,
  additionalParameters: z.record(z.string(), z.array(z.string())).nullish(),
});
const keycloakSecret = z.object({ value: text, salt: text });

/** @throws AppError `invalid_input` with a message that contains no part of the hash */
export function readPassword(value: unknown): ForeignHash {
  const reading = read(value);
  if (reading.ok) return reading.hash;
  throw new AppError('invalid_input', `The password's hash ${reading.reason}.`);
}

function read(value: unknown): HashReading {
  const plain = asText.safeParse(value);
  if (plain.success) return readHash(plain.data.hash);
  const [name, inner] = onlyMember(value);
  if (name === 'firebase') return readFirebase(inner);
  if (name === 'keycloak') return readKeycloak(inner);
  throw new AppError(
    'invalid_input',
    '"password" must be {"hash": ...}, {"keycloak": ...} or {"firebase": ...}; passwords themselves are not taken.',
  );
}

function onlyMember(value: unknown): readonly [string, unknown] | readonly [] {
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return members.length === 1 ? (members[0] ?? []) : [];
}

function readFirebase(value: unknown): HashReading {
  const form = firebase.safeParse(value);
  if (!form.success) return notUnderstood(form.error);
  const { data } = form;
  const [salt, separator] = [readBase64(data.salt), readBase64(data.salt_separator)];
  const [signerKey, digest] = [readBase64(data.signer_key), readBase64(data.hash)];
  if (!salt || !separator || !signerKey || !digest) return notBase64;
  if (signerKey.length !== digest.length)
    return { ok: false, reason: 'does not match the signer_key' };
  return checkHash({
    kind: 'firebase',
    logN: data.mem_cost,
    r: data.rounds,
    salt: Buffer.concat([salt, separator]),
    signerKey,
    digest,
  });
}

function readKeycloak(value: unknown): HashReading {
  const form = keycloak.safeParse(value);
  if (!form.success) return notUnderstood(form.error);
  const credential = keycloakCredential.safeParse(parseInner(form.data.credentialData));
  const secret = keycloakSecret.safeParse(parseInner(form.data.secretData));
  if (!credential.success) return notUnderstood(credential.error);
  if (!secret.success) return notUnderstood(secret.error);
  const { algorithm, hashIterations: iterations, additionalParameters } = credential.data;
  const [salt, digest] = [readBase64(secret.data.salt), readBase64(secret.data.value)];
  if (!salt || !digest) return notBase64;
  if (algorithm === 'argon2') {
    return readKeycloakArgon2({ ...additionalParameters }, iterations, salt, digest);
  }
  const digestName = pbkdf2Names.get(algorithm);
  if (!digestName) return { ok: false, reason: 'has an algorithm that is not known here' };
  return checkHash({ kind: 'pbkdf2', algorithm: digestName, iterations, salt, digest });
}

const pbkdf2Names: ReadonlyMap<string, 'sha1' | 'sha256' | 'sha512'> = new Map([
  ['pbkdf2', 'sha1'],
  ['pbkdf2-sha256', 'sha256'],
  ['pbkdf2-sha512', 'sha512'],
]);
const argon2Versions: ReadonlyMap<string, string> = new Map([
  ['1.0', '16'],
  ['1.3', '19'],
]);

function readKeycloakArgon2(
  parameters: Readonly<Record<string, readonly string[]>>,
  passes: number,
  salt: Buffer,
  digest: Buffer,
): HashReading {
  const first = (name: string): string => parameters[name]?.[0] ?? '';
  const version = argon2Versions.get(first('version') || '1.3') ?? '';
  const cost = `m=${first('memory')},t=${passes},p=${first('parallelism') || '1'}`;
  const [saltText, digestText] = [salt, digest].map((bytes) =>
    bytes.toString('base64').replaceAll('=', ''),
  );
  return readHash(`$argon2${first('type')}$v=${version}$${cost}$${saltText}$${digestText}`);
}

function parseInner(value: string | Readonly<Record<string, unknown>>): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

const notBase64: HashReading = { ok: false, reason: 'contains invalid base64' };

/** Contains the name of the member, never its value. */
function notUnderstood(error: z.ZodError): HashReading {
  const [issue] = error.issues;
  const extra = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const member = extra ?? (issue?.path.join('.') || 'a member');
  const name = member.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 60);
  return { ok: false, reason: `cannot be read: "${name}" is missing, unknown or invalid` };
}
