// An OpenID provider on loopback in place of Google and others. A test controls its responses,
// which are valid unless the test changes them. It shares no code with the application and is
// written with jose and node:http only.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import type { CleanUp } from '#test/support/services/databases.ts';

export interface StandInPerson {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
  readonly hd?: string;
}

export interface StandInFacts {
  readonly id?: string;
  readonly name?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** The user who is signed in at the provider. */
  readonly person?: StandInPerson;
}

/** Faults that a test can inject; evaluated for every response. */
export interface Spoiling {
  /** Error code that is returned instead of an authorization code. */
  error?: string;
  /** Claims of the ID token that replace the correct ones; `undefined` omits a claim. */
  claims?: Record<string, unknown>;
  /** Replaces the signing of the ID token: its header and key. */
  sign?: (claims: Record<string, unknown>, right: SigningKey) => Promise<string>;
  /** The `iss` parameter of the authorization response (RFC 9207). */
  iss?: string;
  /** Replaces the response of the token endpoint. */
  atToken?: (res: ServerResponse) => void;
  /** Replaces the discovery response. */
  atDiscovery?: (res: ServerResponse) => void;
  /** True if the ID token has no auth_time. */
  hidesTime?: boolean;
}

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

interface Code {
  readonly nonce: string;
  readonly challenge: string;
  readonly redirectUri: string;
  readonly authTime: number;
}

export type StandIn = Awaited<ReturnType<typeof startStandInProvider>>;

export async function startStandInProvider(t: CleanUp, facts: StandInFacts = {}) {
  const { id = 'google', name = 'Google', clientId = 'ostiary', clientSecret = 's3cret' } = facts;
  const state = {
    person: facts.person ?? aStranger(),
    spoiling: {} as Spoiling,
    key: await makeKey(),
    /** Parameters of the last authorization request. */
    asked: new URLSearchParams(),
    /** Time of the last sign-in at the provider, in seconds; prompt=login sets it to now. */
    signedInAt: seconds() - 3600,
    tokenRequests: [] as {
      readonly headers: IncomingMessage['headers'];
      readonly body: URLSearchParams;
    }[],
    keyRequests: 0,
  };
  const codes = new Map<string, Code>();
  const server = createServer((req, res) => void answer(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // A TCP server has an AddressInfo.
  const issuer = `http://127.0.0.1:${port}`;
  t.after(async () => server.close().closeAllConnections());

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '', issuer);
    if (url.pathname === '/.well-known/openid-configuration') {
      if (state.spoiling.atDiscovery) return state.spoiling.atDiscovery(res);
      return sendJson(res, metadata());
    }
    if (url.pathname === '/keys') {
      state.keyRequests += 1;
      return sendJson(res, { keys: [state.key.jwk] });
    }
    if (url.pathname === '/authorize') return authorize(url.searchParams, res);
    if (url.pathname === '/token') return token(req, res);
    return sendJson(res, { error: 'not_found' }, 404);
  }

  function metadata() {
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'ES256', 'HS256', 'none'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  function authorize(asked: URLSearchParams, res: ServerResponse): void {
    state.asked = asked;
    const back = new URL(asked.get('redirect_uri') ?? '');
    back.searchParams.set('state', asked.get('state') ?? '');
    back.searchParams.set('iss', state.spoiling.iss ?? issuer);
    if (state.spoiling.error) {
      back.searchParams.set('error', state.spoiling.error);
    } else {
      if (asked.get('prompt') === 'login') state.signedInAt = seconds();
      back.searchParams.set('code', issue(asked));
    }
    res.writeHead(303, { location: back.href }).end();
  }

  function issue(asked: URLSearchParams): string {
    const code = randomBytes(16).toString('base64url');
    codes.set(code, {
      nonce: asked.get('nonce') ?? '',
      challenge: asked.get('code_challenge') ?? '',
      redirectUri: asked.get('redirect_uri') ?? '',
      authTime: state.signedInAt,
    });
    return code;
  }

  async function token(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = new URLSearchParams((await buffer(req)).toString());
    state.tokenRequests.push({ headers: req.headers, body });
    if (state.spoiling.atToken) return state.spoiling.atToken(res);
    const code = codes.get(body.get('code') ?? '');
    codes.delete(body.get('code') ?? '');
    const verifier = body.get('code_verifier') ?? '';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    if (!code || code.challenge !== challenge || code.redirectUri !== body.get('redirect_uri')) {
      return sendJson(res, { error: 'invalid_grant' }, 400);
    }
    const idToken = await idTokenFor(code.nonce, code.authTime);
    return sendJson(res, { access_token: 'a', token_type: 'Bearer', id_token: idToken });
  }

  async function idTokenFor(nonce: string, authTime = state.signedInAt): Promise<string> {
    const at = seconds();
    const right: Record<string, unknown> = {
      iss: issuer,
      aud: clientId,
      iat: at,
      exp: at + 300,
      nonce,
      ...(state.spoiling.hidesTime ? {} : { auth_time: authTime }),
      ...state.person,
    };
    const all = Object.entries({ ...right, ...state.spoiling.claims });
    const claims = Object.fromEntries(all.filter(([, value]) => value !== undefined));
    return (state.spoiling.sign ?? signRightly)(claims, state.key);
  }

  return {
    state,
    issuer,
    /** The entry for `SIGN_IN_PROVIDERS`. */
    setting: { id, name, issuer, client_id: clientId, client_secret: clientSecret },
    /** Signs in another user at the provider. */
    become(person: StandInPerson): StandInPerson {
      state.person = person;
      return person;
    },
    spoil(spoiling: Spoiling): void {
      state.spoiling = spoiling;
    },
    async rotateKey(): Promise<void> {
      state.key = await makeKey();
    },
    idTokenFor,
    /** Opens the authorization request as a browser would; returns the redirect target. */
    async visit(url: URL | string): Promise<URL> {
      const answered = await fetch(url, { redirect: 'manual' });
      return new URL(answered.headers.get('location') ?? '');
    },
  };
}

export function aStranger(facts: Partial<StandInPerson> = {}): StandInPerson {
  const sub = facts.sub ?? randomBytes(8).toString('hex');
  return { sub, email: `${sub}@gmail.com`, email_verified: true, name: 'Ada Lovelace', ...facts };
}

export async function makeKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = randomBytes(8).toString('hex');
  return {
    kid,
    privateKey,
    jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' },
  };
}

export async function signRightly(
  claims: Record<string, unknown>,
  { kid, privateKey }: SigningKey,
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
}

function sendJson(res: ServerResponse, body: object, status = 200): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
