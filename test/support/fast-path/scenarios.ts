// Requests for tokens of one user, in one of the two ways, and what they leave behind: the rows about the
// user, including the audit log, without ids and times.
import type { TestApp } from '#test/support/app.ts';
import type { RegisteredApp } from '#test/support/data/registrations.ts';
import { assertionType, placeAssertion } from './assertions.ts';
import { comparable } from './comparable.ts';
import type { ProofKey } from './dpop/dpop-proofs.ts';
import type { RawRequest, RawResponse, TwoWays, Way } from './two-ways.ts';

export type TokenForm = Readonly<Record<string, string>>;

/**
 * A token request with the client authentication of the registration.
 * @param claims of the assertion, if the client signs one
 */
export function tokenRequest(
  app: Pick<TestApp, 'issuer'>,
  client: RegisteredApp,
  form: TokenForm,
  claims: object = {},
): RawRequest {
  const { clientId, clientSecret, metadata } = client;
  const { token_endpoint_auth_method: method } = metadata;
  const signed = {
    client_assertion_type: assertionType,
    client_assertion: placeAssertion(client, app.issuer, claims),
  };
  const posted = {
    ...(method === 'client_secret_basic' ? {} : { client_id: clientId }),
    ...(method === 'client_secret_post' ? { client_secret: clientSecret } : {}),
    ...(method === 'private_key_jwt' ? signed : {}),
  };
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  return {
    method: 'POST',
    path: '/oauth2/token',
    headers: [
      ['Content-Type', 'application/x-www-form-urlencoded'],
      ['User-Agent', 'refresher'],
      ...(method === 'client_secret_basic' ? [['Authorization', authorization] as const] : []),
    ],
    body: String(new URLSearchParams({ ...form, ...posted })),
  };
}

export function refreshRequest(
  app: Pick<TestApp, 'issuer'>,
  client: RegisteredApp,
  refreshToken: string,
  others: TokenForm = {},
): RawRequest {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...others };
  return tokenRequest(app, client, form);
}

export interface TokenBody {
  readonly access_token?: string;
  readonly token_type?: string;
  readonly refresh_token?: string;
  readonly scope?: string;
  readonly error?: string;
}

interface Played {
  readonly app: TestApp;
  readonly ways: TwoWays;
  readonly way: Way;
  readonly client: RegisteredApp;
  /** The key for proofs in token requests; without it, there are none. */
  readonly key?: ProofKey | undefined;
}

/** The key for the proof of one request, instead of the usual one; `none` for a request without a proof. */
export type OtherKey = ProofKey | 'none';

/** The request with a proof, or a placeholder for one, in its header. */
export function withProof(request: RawRequest, proof: string): RawRequest {
  return { ...request, headers: [...request.headers, ['DPoP', proof]] };
}

/** Sends token requests, and keeps the comparable parts of their responses. */
export function createRecorder({ app, ways, way, client, key }: Played) {
  const responses: unknown[] = [];

  function send(form: TokenForm, proving: OtherKey = key ?? 'none'): Promise<RawResponse> {
    const request = tokenRequest(app, client, form);
    const target = { method: 'POST', url: `${app.issuer}${request.path}` } as const;
    const isProven = proving !== 'none';
    return ways.send(way, isProven ? withProof(request, proving.place(target)) : request);
  }

  return {
    responses,
    /** Sends a request without keeping the response. */
    async attempt(form: TokenForm, proving?: OtherKey): Promise<TokenBody> {
      return JSON.parse((await send(form, proving)).text);
    },
    async record(form: TokenForm, proving?: OtherKey): Promise<TokenBody> {
      const response = await send(form, proving);
      const body: TokenBody = JSON.parse(response.text);
      // Each way has a user of its own.
      const seen = [comparable(response, ofUser)];
      // What was stored for the access token is visible to its readers.
      for (const use of usesOf(app, client, body, key)) {
        seen.push(comparable(await ways.send('engine', use), [...ofUser, ...ofToken]));
      }
      responses.push(seen);
      return body;
    },
  };
}

const ofUser = ['sub', 'email', 'updated_at', 'act'];
const ofToken = ['exp', 'iat', 'jti', 'auth_time'];

/** Requests that use the token: userinfo, and introspection by its client. */
function usesOf(
  app: TestApp,
  client: RegisteredApp,
  { access_token: accessToken, token_type: type }: TokenBody,
  key: ProofKey | undefined,
): readonly RawRequest[] {
  if (accessToken === undefined) return [];
  const headers = [['Authorization', `${type} ${accessToken}`]] as const;
  const plain = { method: 'GET', path: '/oauth2/userinfo', headers } as const;
  const target = { method: 'GET', url: `${app.issuer}${plain.path}`, token: accessToken } as const;
  const userinfo = type === 'DPoP' && key ? withProof(plain, key.place(target)) : plain;
  const request = tokenRequest(app, client, { token: accessToken });
  const introspection = { ...request, path: '/oauth2/introspect' };
  const isPublic = client.metadata['token_endpoint_auth_method'] === 'none';
  return isPublic ? [userinfo] : [userinfo, introspection];
}

/** The rows about the user, and the redemptions of the user's codes. */
export async function readRows({ services }: TestApp, userId: string) {
  const { knex } = services.db;
  const of = (table: string) => knex(table).where({ user_id: userId });
  const tables = await Promise.all([
    of('refresh_families'),
    of('grants'),
    of('audit_events'),
    of('outbox'),
    of('token_statuses'),
    of('sessions'),
    knex('code_redemptions as c')
      .join('grants as g', 'g.id', 'c.grant_id')
      .where('g.user_id', userId)
      .select('c.*'),
  ]);
  return tables.map((rows) => rows.map(withoutValues).toSorted(compareTexts));
}

/** Rows of the same millisecond have no order. */
function compareTexts(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}

const random =
  /\{"type":"Buffer"[^}]*\}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|[\w-]{21,}|\d{4}-\d\d-\d\dT[\d:.]+Z|\b\d{10}\b|\b\d+\.\d+\b/g;

/** Keeps words and small numbers; random values, times and durations become a placeholder. */
function withoutValues(row: object): unknown {
  return Object.entries(row).map(([name, value]) => {
    const isRandom =
      value instanceof Date || Buffer.isBuffer(value) || /_at$|^id$|^place$/.test(name);
    if (isRandom) return [name, value === null ? 'null' : 'set'];
    const text = JSON.stringify(value)?.replace(random, 'varies');
    return [name, text?.replace(/"milliseconds":\d+/g, '"milliseconds":varies')];
  });
}
