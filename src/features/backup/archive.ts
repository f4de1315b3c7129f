// The format of a backup of the embedded database: one line of JSON, the header, and a compressed
// tar archive of the files. The header is authenticated, because a restored database decides who
// may sign in.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '#platform/canonical-json.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { sha256 } from '#platform/crypto/hashing.ts';
import { AppError } from '#platform/errors.ts';

const format = 'ostiary-backup-1';
/** Maximum length of the header, which has about 500 bytes. */
const maxHeaderBytes = 16 * 1024;
const lineFeed = 0x0a;

export interface ArchiveFacts {
  /** Version of the product. */
  readonly version: string;
  /** Name of the newest migration. */
  readonly schema: string;
  readonly environment: string;
  readonly issuer: string;
  readonly created_at: string;
}

export interface ArchiveHeader extends ArchiveFacts {
  readonly format: string;
  /** Length of the content. */
  readonly bytes: number;
  readonly sha256: string;
  /** HMAC of the other members under a key derived from ENCRYPTION_KEYS. */
  readonly mac: string;
}

export function sealArchive(facts: ArchiveFacts, content: Buffer, keyring: Keyring): Buffer {
  const header = {
    format,
    ...facts,
    bytes: content.length,
    sha256: sha256(content).toString('hex'),
  };
  const [key] = keysOf(keyring);
  if (!key) throw new TypeError('a keyring has at least one key');
  const line = JSON.stringify({ ...header, mac: macOf(key, header).toString('base64url') });
  return Buffer.concat([Buffer.from(`${line}\n`), content]);
}

/**
 * Reads an archive and verifies that it is complete and unchanged.
 * @throws AppError `invalid_input`
 */
export function openArchive(
  archive: Buffer,
  keyring: Keyring,
): { readonly header: ArchiveHeader; readonly content: Buffer } {
  const end = archive.subarray(0, maxHeaderBytes).indexOf(lineFeed);
  const header = end < 0 ? undefined : parseHeader(archive.toString('utf8', 0, end));
  if (!header) throw invalid('This file is not an Ostiary backup.');
  if (header.format !== format) {
    throw invalid(`This backup has the unknown format ${JSON.stringify(header.format)}.`);
  }
  const content = archive.subarray(end + 1);
  const isWhole =
    content.length === header.bytes && sha256(content).toString('hex') === header.sha256;
  if (!isWhole) throw invalid('The backup is damaged: its content does not match its checksum.');
  const { mac, ...rest } = header;
  const given = Buffer.from(mac, 'base64url');
  if (keysOf(keyring).some((key) => isEqual(macOf(key, rest), given))) return { header, content };
  throw invalid(
    'The backup was made with other ENCRYPTION_KEYS, or its header was changed. Restore it with ' +
      'the keys of the installation that it was made from.',
  );
}

function parseHeader(text: string): ArchiveHeader | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isHeader(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const texts = [
  'format',
  'version',
  'schema',
  'environment',
  'issuer',
  'created_at',
  'sha256',
  'mac',
];

function isHeader(value: unknown): value is ArchiveHeader {
  if (typeof value !== 'object' || value === null) return false;
  const members = new Map(Object.entries(value));
  return (
    members.size === texts.length + 1 &&
    typeof members.get('bytes') === 'number' &&
    texts.every((name) => typeof members.get(name) === 'string')
  );
}

function keysOf(keyring: Keyring): readonly Buffer[] {
  return keyring.derive('backup archive');
}

function macOf(key: Buffer, header: Omit<ArchiveHeader, 'mac'>): Buffer {
  return createHmac('sha256', key).update(canonicalJson(header)).digest();
}

function isEqual(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function invalid(message: string): AppError {
  return new AppError('invalid_input', message);
}
