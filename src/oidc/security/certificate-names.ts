// Compares the subject of a client certificate with the registered value (RFC 8705 §2.1.2). Distinguished
// names are compared attribute by attribute: the text of RFC 4514 has many spellings.
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

export type CertificateMember =
  | 'tls_client_auth_subject_dn'
  | 'tls_client_auth_san_dns'
  | 'tls_client_auth_san_uri'
  | 'tls_client_auth_san_ip'
  | 'tls_client_auth_san_email';

export const certificateMembers: readonly CertificateMember[] = [
  'tls_client_auth_subject_dn',
  'tls_client_auth_san_dns',
  'tls_client_auth_san_uri',
  'tls_client_auth_san_ip',
  'tls_client_auth_san_email',
];

type Match = (certificate: X509Certificate, expected: string) => boolean;

const matches: Readonly<Record<CertificateMember, Match>> = {
  tls_client_auth_subject_dn: (certificate, expected) =>
    isSameName(subjectOf(certificate), readDistinguishedName(expected)),
  tls_client_auth_san_dns: hasDnsName,
  tls_client_auth_san_uri: (certificate, expected) =>
    alternativeNames(certificate).includes(`URI:${expected}`),
  tls_client_auth_san_ip: (certificate, expected) =>
    isIP(expected) !== 0 && certificate.checkIP(expected) !== undefined,
  tls_client_auth_san_email: (certificate, expected) =>
    certificate.checkEmail(expected, { subject: 'never' }) !== undefined,
};

export function matchesCertificate(
  certificate: X509Certificate,
  member: CertificateMember,
  expected: string,
): boolean {
  return matches[member](certificate, expected);
}

/**
 * A leading full stop would match every subdomain, and a wildcard in the certificate would match other hosts.
 */
function hasDnsName(certificate: X509Certificate, expected: string): boolean {
  if (!/^[a-z\d]/i.test(expected)) return false;
  const options = { subject: 'never', wildcards: false } as const;
  return certificate.checkHost(expected, options) !== undefined;
}

/** Node separates names by a comma, and quotes those that contain one. */
function alternativeNames({ subjectAltName = '' }: X509Certificate): readonly string[] {
  const names = subjectAltName.match(/[A-Za-z ]+:(?:"(?:[^"\\]|\\.)*"|[^,]*)/g) ?? [];
  return names.map((name) => {
    const [type = '', value = ''] = splitOnce(name.trim(), ':');
    return value.startsWith('"') ? `${type}:${String(JSON.parse(value))}` : `${type}:${value}`;
  });
}

/** One relative distinguished name: usually one attribute, as `cn=name`. */
type RelativeName = ReadonlySet<string>;

/** The most significant part first, as in the certificate. */
function subjectOf({ subject }: X509Certificate): readonly RelativeName[] | undefined {
  // Node has one line per relative name; a line feed inside a value is escaped.
  return readNames(subject.split('\n'));
}

/**
 * Parses a name in the form of RFC 4514, which begins with the least significant part. `undefined` if it is
 * malformed.
 */
export function readDistinguishedName(text: string): readonly RelativeName[] | undefined {
  return readNames(splitUnescaped(text, ',').toReversed());
}

function readNames(parts: readonly string[]): readonly RelativeName[] | undefined {
  const names = parts.map((part) => splitUnescaped(part, '+').map(readAttribute));
  const isComplete = names.every((attributes) => attributes.every((each) => each !== undefined));
  if (parts.length === 0 || !isComplete) return undefined;
  return names.map((attributes) => new Set(attributes.filter((each) => each !== undefined)));
}

/** Short names of attribute types and their object identifiers (RFC 4514 §3, RFC 5280 A.1). */
const typeNames: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'cn'],
  ['2.5.4.4', 'sn'],
  ['2.5.4.5', 'serialnumber'],
  ['2.5.4.6', 'c'],
  ['2.5.4.7', 'l'],
  ['2.5.4.8', 'st'],
  ['2.5.4.9', 'street'],
  ['2.5.4.10', 'o'],
  ['2.5.4.11', 'ou'],
  ['2.5.4.12', 'title'],
  ['2.5.4.42', 'gn'],
  ['2.5.4.97', 'organizationidentifier'],
  ['0.9.2342.19200300.100.1.1', 'uid'],
  ['0.9.2342.19200300.100.1.25', 'dc'],
  ['1.2.840.113549.1.9.1', 'emailaddress'],
  ['s', 'st'],
  ['givenname', 'gn'],
  ['surname', 'sn'],
  ['commonname', 'cn'],
  ['countryname', 'c'],
  ['organizationname', 'o'],
  ['organizationalunitname', 'ou'],
  ['e', 'emailaddress'],
  ['userid', 'uid'],
]);

function readAttribute(text: string): string | undefined {
  const [type, value] = splitOnce(text, '=');
  if (type === undefined || value === undefined) return undefined;
  const name = type
    .trim()
    .toLowerCase()
    .replace(/^oid\./, '');
  if (!/^(?:[a-z][a-z\d-]*|\d+(?:\.\d+)+)$/.test(name)) return undefined;
  const plain = unescape(value);
  return plain === undefined ? undefined : `${typeNames.get(name) ?? name}=${prepare(plain)}`;
}

/** caseIgnoreMatch of RFC 4517 §4.2.11: neither case nor the amount of space matters. */
function prepare(value: string): string {
  return value.normalize('NFKC').toLowerCase().trim().replaceAll(/\s+/g, ' ');
}

/** Resolves `\,` and `\2C`; unescaped space around a value does not belong to it. */
function unescape(value: string): string | undefined {
  const bytes: Buffer[] = [];
  const parts = /\\([\da-fA-F]{2})|\\(.)|([^\\]+)/gsy;
  let end = 0;
  for (const [whole, hex, character, plain] of value.matchAll(parts)) {
    end += whole.length;
    bytes.push(hex === undefined ? Buffer.from(character ?? plain ?? '') : Buffer.from(hex, 'hex'));
  }
  return end === value.length ? Buffer.concat(bytes).toString() : undefined;
}

function isSameName(
  actual: readonly RelativeName[] | undefined,
  expected: readonly RelativeName[] | undefined,
): boolean {
  if (!actual || !expected || actual.length !== expected.length) return false;
  return actual.every((each, index) => {
    const other = expected[index];
    return other?.size === each.size && [...other].every((attribute) => each.has(attribute));
  });
}

function splitUnescaped(text: string, separator: ',' | '+'): string[] {
  const parts = [''];
  for (const [piece] of text.matchAll(/\\.|./gs)) {
    if (piece === separator) parts.push('');
    else parts.push((parts.pop() ?? '') + piece);
  }
  return parts;
}

function splitOnce(text: string, separator: string): [string] | [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
