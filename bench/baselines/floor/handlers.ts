// The requests of the benchmark with the least work that still answers them correctly: one client
// authentication, one read or write of a store and one signature where the protocol needs it. It has
// no consent, revocation, audit log, rate limit or page, and must not be used for anything else.
import { verify as verifyPassword } from '@node-rs/argon2';
import type { IncomingMessage } from 'node:http';
import {
  authenticate,
  digestOf,
  json,
  randomToken,
  readForm,
  readSessionCookie,
  refused,
  sessionCookie,
  type Answer,
  type Floor,
} from './requests.ts';
import type { Family } from './stores.ts';

const lifetimeSeconds = 300;

interface Code extends Family {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string;
}

export async function authorize(floor: Floor, req: IncomingMessage): Promise<Answer> {
  const id = readSessionCookie(floor, req);
  const userId = id === undefined ? null : await floor.stores.get(`session:${id}`);
  if (userId === null) return startSession(floor, req, crypto.randomUUID());
  return sendCode(floor, req, userId);
}

export async function signIn(floor: Floor, req: IncomingMessage): Promise<Answer> {
  const form = await readForm(req);
  const stored = floor.passwords.get(form.get('login') ?? '');
  if (!stored || !(await verifyPassword(stored, form.get('password') ?? ''))) {
    return refused('access_denied');
  }
  return startSession(floor, req, form.get('login') ?? '');
}

async function startSession(floor: Floor, req: IncomingMessage, userId: string): Promise<Answer> {
  const id = randomToken();
  await floor.stores.put(`session:${id}`, userId, 3600);
  const answer = await sendCode(floor, req, userId);
  return { ...answer, headers: { ...answer.headers, 'set-cookie': sessionCookie(floor, id) } };
}

async function sendCode(floor: Floor, req: IncomingMessage, userId: string): Promise<Answer> {
  const url = req.url ?? '';
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  const parameter = (name: string) => query.get(name) ?? '';
  const client = floor.clients.get(parameter('client_id'));
  const redirectUri = parameter('redirect_uri');
  if (!client || client.redirectUri !== redirectUri) return refused('invalid_request');
  if (parameter('response_type') !== 'code') return refused('unsupported_response_type');
  if (parameter('code_challenge_method') !== 'S256') return refused('invalid_request');
  const code: Code = {
    userId,
    clientId: client.clientId,
    redirectUri,
    resource: parameter('resource'),
    challenge: parameter('code_challenge'),
    nonce: parameter('nonce'),
  };
  const value = randomToken();
  await floor.stores.put(`code:${value}`, JSON.stringify(code), 60);
  const response = new URLSearchParams({ code: value, state: parameter('state') });
  response.set('iss', floor.issuer);
  return { status: 303, body: '', headers: { location: `${redirectUri}?${response.toString()}` } };
}

export async function token(floor: Floor, req: IncomingMessage): Promise<Answer> {
  const form = await readForm(req);
  const client = authenticate(floor, req);
  if (!client) return json({ error: 'invalid_client' }, 401);
  const parameter = (name: string) => form.get(name) ?? '';
  switch (parameter('grant_type')) {
    case 'client_credentials':
      return json(
        await accessToken(floor, client.clientId, client.clientId, parameter('resource')),
      );
    case 'authorization_code':
      return redeem(floor, client.clientId, parameter);
    case 'refresh_token': {
      const rotated = await floor.stores.rotate(parameter('refresh_token'));
      if (!rotated) return refused('invalid_grant');
      return json(await tokens(floor, client.clientId, rotated, rotated.token));
    }
    default:
      return refused('unsupported_grant_type');
  }
}

async function redeem(floor: Floor, clientId: string, parameter: (name: string) => string) {
  const stored = await floor.stores.take(`code:${parameter('code')}`);
  if (stored === null) return refused('invalid_grant');
  const code = JSON.parse(stored) as Code; // written by sendCode
  const challenge = digestOf(parameter('code_verifier')).toString('base64url');
  const isValid = code.clientId === clientId && code.challenge === challenge;
  if (!isValid || code.redirectUri !== parameter('redirect_uri')) return refused('invalid_grant');
  const refreshToken = await floor.stores.createFamily(code);
  return json(await tokens(floor, clientId, code, refreshToken, code.nonce));
}

async function tokens(
  floor: Floor,
  clientId: string,
  { userId, resource }: Family,
  refreshToken: string,
  nonce?: string,
): Promise<object> {
  const access = await accessToken(floor, clientId, userId, resource);
  const iat = Math.floor(Date.now() / 1000);
  const times = { iat, exp: iat + lifetimeSeconds };
  const claims = { iss: floor.issuer, sub: userId, aud: clientId, ...times, nonce };
  const idToken = floor.signer.sign('idToken', claims);
  return { ...access, refresh_token: refreshToken, id_token: idToken, scope: 'openid' };
}

/** A JWT if the client named an API, otherwise a random value that is stored. */
async function accessToken(floor: Floor, client_id: string, sub: string, aud: string) {
  const iat = Math.floor(Date.now() / 1000);
  const claims = { iss: floor.issuer, sub, aud, client_id, iat, exp: iat + lifetimeSeconds };
  const answer = { token_type: 'Bearer', expires_in: lifetimeSeconds };
  if (aud !== '') {
    const access_token = floor.signer.sign('accessToken', { ...claims, jti: randomToken() });
    return { ...answer, access_token };
  }
  const access_token = randomToken();
  await floor.stores.put(`token:${access_token}`, JSON.stringify(claims), lifetimeSeconds);
  return { ...answer, access_token };
}

export async function introspect(floor: Floor, req: IncomingMessage): Promise<Answer> {
  const form = await readForm(req);
  if (!authenticate(floor, req)) return json({ error: 'invalid_client' }, 401);
  const value = form.get('token') ?? '';
  const claims = floor.signer.verify(value);
  if (claims) {
    const isRevoked = (await floor.stores.get(`revoked:${String(claims['jti'])}`)) !== null;
    return json(isRevoked ? { active: false } : { active: true, ...claims });
  }
  const stored = await floor.stores.get(`token:${value}`);
  if (stored === null) return json({ active: false });
  return json({ active: true, ...JSON.parse(stored) });
}

/** The user is in the memory of the server, as a cache of users would have it. */
export async function userinfo(floor: Floor, req: IncomingMessage): Promise<Answer> {
  const claims = floor.signer.verify((req.headers.authorization ?? '').slice('Bearer '.length));
  const isExpired = Number(claims?.['exp'] ?? 0) * 1000 < Date.now();
  return isExpired || !claims
    ? json({ error: 'invalid_token' }, 401)
    : json({ sub: claims['sub'] });
}
