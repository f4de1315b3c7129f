// What the handlers of the floor server receive and answer, and how its clients authenticate.
import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Stores } from './stores.ts';
import type { createSigner } from './signatures.ts';

export interface FloorClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
}

export interface FloorSettings {
  readonly issuer: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly clients: readonly FloorClient[];
  readonly people: readonly { readonly email: string; readonly password: string }[];
}

export interface Floor {
  readonly issuer: string;
  readonly stores: Stores;
  readonly signer: ReturnType<typeof createSigner>;
  readonly clients: ReadonlyMap<string, FloorClient & { readonly secretHash: Buffer }>;
  /** Hashes of the passwords by login name. */
  readonly passwords: ReadonlyMap<string, string>;
  readonly cookieKey: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const json = (value: object, status = 200): Answer => ({
  status,
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
});

export const refused = (error: string): Answer => json({ error }, 400);

export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

export function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

/** client_secret_basic (RFC 6749 §2.3.1). */
export function authenticate({ clients }: Floor, req: IncomingMessage): FloorClient | undefined {
  const credentials = req.headers.authorization ?? '';
  if (!credentials.startsWith('Basic ')) return undefined;
  const text = Buffer.from(credentials.slice('Basic '.length), 'base64').toString();
  const colon = text.indexOf(':');
  const client = clients.get(decodeURIComponent(text.slice(0, colon)));
  if (!client) return undefined;
  const given = digestOf(decodeURIComponent(text.slice(colon + 1)));
  return timingSafeEqual(given, client.secretHash) ? client : undefined;
}

export function readForm(req: IncomingMessage): Promise<URLSearchParams> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => void chunks.push(chunk));
    req.on('end', () => resolve(new URLSearchParams(Buffer.concat(chunks).toString())));
    req.on('error', reject);
  });
}

/** The session id of a cookie with a valid MAC. */
export function readSessionCookie({ cookieKey }: Floor, req: IncomingMessage): string | undefined {
  const value = /(?:^|; )session=([^;]*)/.exec(req.headers.cookie ?? '')?.[1];
  const [id = '', mac = ''] = value?.split('.') ?? [];
  const expected = macOf(cookieKey, id);
  const given = Buffer.from(mac, 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected) ? id : undefined;
}

export function sessionCookie({ cookieKey }: Floor, id: string): string {
  const mac = macOf(cookieKey, id).toString('base64url');
  return `session=${id}.${mac}; Path=/; HttpOnly; SameSite=Lax`;
}

function macOf(key: Buffer, id: string): Buffer {
  return createHmac('sha256', key).update(id).digest();
}
