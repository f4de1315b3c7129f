// What must be equal in two responses to the same request: status, headers, and the body without
// random values and times. JWTs are compared by header and claims.
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { RawResponse } from './two-ways.ts';

const uuid = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g;
const random: ReadonlySet<string> = new Set(['date', 'dpop-nonce', 'x-request-id']);
const tokens: ReadonlySet<string> = new Set(['access_token', 'refresh_token', 'id_token']);
/** Claims that differ between two tokens for the same request. */
const varying: ReadonlySet<string> = new Set([
  'at_hash',
  'auth_time',
  'exp',
  'iat',
  'jti',
  'nonce',
  'ost',
  'sid',
  'status',
]);

/** @param others further claims and members of the body that differ */
export function comparable({ status, headers, text }: RawResponse, others: readonly string[] = []) {
  const sent = headers.map(([name, value]) => {
    const lower = name.toLowerCase();
    if (random.has(lower)) return `${lower}: varies`;
    const isRight = lower === 'content-length' && value === String(Buffer.byteLength(text));
    return `${lower}: ${isRight ? 'of the body' : value.replace(uuid, 'uuid')}`;
  });
  return {
    status,
    headers: sent.toSorted(),
    body: comparableBody(text, others),
  };
}

function comparableBody(text: string, others: readonly string[]): unknown {
  const ignored = new Set([...varying, ...others]);
  const body = parse(text);
  if (typeof body !== 'object' || body === null) {
    return isJwt(text) ? comparableToken(text, ignored) : text.replace(uuid, 'uuid');
  }
  return Object.entries(body).map(([name, value]) => [
    name,
    tokens.has(name)
      ? comparableToken(String(value), ignored)
      : comparableMember(name, value, others),
  ]);
}

function comparableMember(name: string, value: unknown, others: readonly string[]): unknown {
  if (others.includes(name)) return typeof value;
  return typeof value === 'string' ? value.replace(uuid, 'uuid') : value;
}

function comparableToken(token: string, ignored: ReadonlySet<string>): unknown {
  if (!isJwt(token)) return [token.slice(0, 7), token.length];
  const claims = Object.entries(decodeJwt(token)).map(([name, value]) => [
    name,
    ignored.has(name) ? typeof value : JSON.stringify(value).replace(uuid, 'uuid'),
  ]);
  const header = Object.entries(decodeProtectedHeader(token));
  return [header, claims];
}

function isJwt(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
