// What a refresh leaves behind, without ids and times: the rows about a user and the audit log.
import type { TestApp } from '#test/support/app.ts';
import type { Tokens } from '#test/support/actors/relying-party.ts';
import type { RegisteredApp } from '#test/support/data/registrations.ts';
import { comparable } from './comparable.ts';
import type { RawRequest, TwoWays, Way } from './two-ways.ts';

export function refreshRequest(
  { clientId, clientSecret }: RegisteredApp,
  refreshToken: string,
  others: Readonly<Record<string, string>> = {},
): RawRequest {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...others };
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  const isPublic = clientSecret === '';
  const fields = { ...form, ...(isPublic ? { client_id: clientId } : {}) };
  return {
    method: 'POST',
    path: '/oauth2/token',
    headers: [
      ['Content-Type', 'application/x-www-form-urlencoded'],
      ['User-Agent', 'refresher'],
      ...(isPublic ? [] : [['Authorization', authorization] as const]),
    ],
    body: String(new URLSearchParams(fields)),
  };
}

export interface Refreshing {
  readonly tokens: Tokens;
  readonly userId: string;
  readonly client: RegisteredApp;
  /** Sends one refresh, and returns the new refresh token. */
  refresh(refreshToken: string, others?: Readonly<Record<string, string>>): Promise<string>;
}

/** What a scenario does; its responses and rows are compared. */
export type Scenario = (refreshing: Refreshing) => Promise<unknown>;

/** Runs the scenario for a user of its own. */
export async function playScenario(
  app: TestApp,
  ways: TwoWays,
  {
    way,
    client,
    parameters,
    play,
  }: {
    readonly way: Way;
    readonly client: RegisteredApp;
    readonly parameters: Readonly<Record<string, string>>;
    readonly play: Scenario;
  },
) {
  const person = await app.createUser({ claims: { name: 'Ann' } });
  const rp = await app.relyingPartyOf(client);
  const tokens = await rp.login(person, parameters);
  const responses: unknown[] = [];
  const refresh = async (token: string, others?: Readonly<Record<string, string>>) => {
    const response = await ways.send(way, refreshRequest(client, token, others));
    const body: { refresh_token?: string; access_token?: string } = JSON.parse(response.text);
    // The two ways have a user each.
    const seen = [comparable(response, ofUser)];
    // What was stored for the access token is visible to its readers.
    for (const use of usesOf(client, body.access_token ?? '')) {
      seen.push(comparable(await ways.send('engine', use), [...ofUser, ...ofToken]));
    }
    responses.push(seen);
    return body.refresh_token ?? '';
  };
  const result = await play({ tokens, userId: person.id, client, refresh });
  return { result, responses, rows: await readRows(app, person.id) };
}

const ofUser = ['sub', 'email'];
const ofToken = ['exp', 'iat', 'jti', 'auth_time'];

/** Introspection by its client, and userinfo. */
function usesOf(client: RegisteredApp, accessToken: string): readonly RawRequest[] {
  if (accessToken === '') return [];
  const { clientSecret } = client;
  const headers = [['Authorization', `Bearer ${accessToken}`]] as const;
  const userinfo = { method: 'GET', path: '/oauth2/userinfo', headers };
  const introspection = {
    ...refreshRequest(client, ''),
    path: '/oauth2/introspect',
    body: String(new URLSearchParams({ token: accessToken })),
  };
  return clientSecret === '' ? [userinfo] : [userinfo, introspection];
}

async function readRows({ services }: TestApp, userId: string) {
  const { knex } = services.db;
  const families = await knex('refresh_families').where({ user_id: userId }).orderBy('created_at');
  const grants = await knex('grants').where({ user_id: userId }).orderBy('created_at');
  const audit = await knex('audit_events').where({ user_id: userId }).orderBy(['at', 'id']);
  const outbox = await knex('outbox').where({ user_id: userId }).orderBy('created_at');
  return [families, grants, audit, outbox].map((rows) => rows.map(withoutValues));
}

const random =
  /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|[\w-]{21,}|\d{4}-\d\d-\d\dT[\d:.]+Z|\b\d{10}\b|\b\d+\.\d+\b/g;

/** Keeps words and small numbers; random values, times and durations become a placeholder. */
function withoutValues(row: object): unknown {
  return Object.entries(row).map(([name, value]) => {
    const isRandom = value instanceof Date || Buffer.isBuffer(value) || /_at$|^id$/.test(name);
    if (isRandom) return [name, value === null ? 'null' : 'set'];
    const text = JSON.stringify(value)?.replace(random, 'varies');
    return [name, text?.replace(/"milliseconds":\d+/g, '"milliseconds":varies')];
  });
}
