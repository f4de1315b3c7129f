// Scenarios of code exchanges, played with and without the fast path, each with a user of its own.
import assert from 'node:assert/strict';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import type {
  Callback,
  Parameters,
  Person,
  RelyingParty,
} from '#test/support/actors/relying-party.ts';
import type { TestApp } from '#test/support/app.ts';
import { offline } from '#test/support/data/outcomes.ts';
import type { AppFacts, RegisteredApp } from '#test/support/data/registrations.ts';
import type { ProofKey } from './dpop/dpop-proofs.ts';
import {
  createRecorder,
  readRows,
  tokenRequest,
  type OtherKey,
  type TokenBody,
  type TokenForm,
} from './scenarios.ts';
import type { TwoWays, Way } from './two-ways.ts';

type Authorized = Callback & { readonly browser: Browser };

/** Parameters that replace the usual ones; `undefined` omits one. */
type Changes = Readonly<Record<string, string | undefined>>;

export interface Exchanging {
  readonly person: Person;
  readonly client: RegisteredApp;
  readonly rp: RelyingParty;
  /** Signs the user in, and returns a code. */
  authorize(parameters?: Parameters): Promise<Authorized>;
  exchange(callback: Callback, changes?: Changes, proving?: OtherKey): Promise<TokenBody>;
  /** Like `exchange` and `refresh`, but the response is not compared. */
  tryExchange(callback: Callback, proving?: OtherKey): Promise<TokenBody>;
  tryRefresh(refreshToken: string | undefined, proving?: OtherKey): Promise<TokenBody>;
  refresh(refreshToken: string | undefined, proving?: OtherKey): Promise<TokenBody>;
}

/** What a scenario does; its responses and rows are compared. */
export type ExchangeScenario = (exchanging: Exchanging) => Promise<unknown>;

export const confidential = { auth: 'client_secret_basic' } as const;

const scope = 'openid email profile roles groups offline_access read write';

/** Parameters with which the code is exchanged for a JWT, so that nothing but the refresh token is stored. */
export async function forJwt(app: TestApp, parameters: Parameters = { ...offline, scope }) {
  const { audience: resource } = await app.createApi({ accessTokenFormat: 'jwt' });
  return { prompt: 'consent', ...parameters, resource };
}

/** Exchanges one code, and returns the error, if any. */
export const exchangeOnce: ExchangeScenario = async ({ authorize, exchange }) => {
  const { error } = await exchange(await authorize());
  return error ?? 'exchanged';
};

/** Uses one code three times, and returns the last two errors and that of the refresh token. */
export const replay: ExchangeScenario = async ({ authorize, exchange, refresh }) => {
  const callback = await authorize();
  const { refresh_token: token } = await exchange(callback);
  const errors = [(await exchange(callback)).error, (await exchange(callback)).error];
  return [...errors, (await refresh(token)).error];
};

/**
 * Uses one code in twenty concurrent requests, and returns how many succeeded, how many were refused, and the
 * error of the refresh token.
 */
export const race: ExchangeScenario = async ({ authorize, tryExchange, refresh }) => {
  const callback = await authorize();
  const bodies = await Promise.all(Array.from({ length: 20 }, () => tryExchange(callback)));
  const winners = bodies.filter(({ error }) => error === undefined);
  const refused = bodies.filter((body) => body.error === 'invalid_grant');
  const { error } = await refresh(winners[0]?.refresh_token);
  return [winners.length, refused.length, error];
};

/** Another client presents the code in vain; returns the error that the code's own client then gets, if any. */
export const presentByAnother =
  (app: TestApp, ways: TwoWays, other: RegisteredApp): ExchangeScenario =>
  async ({ authorize, exchange }) => {
    const callback = await authorize();
    for (const way of ['fast', 'engine'] as const) {
      const { status } = await ways.send(way, tokenRequest(app, other, formOf(callback)));
      assert.equal(status, 400);
    }
    return (await exchange(callback)).error;
  };

export interface ExchangePlan {
  readonly facts?: AppFacts;
  readonly client?: RegisteredApp;
  readonly parameters?: Parameters;
  readonly play?: ExchangeScenario;
  /** The key for proofs in token requests; without it, there are none. */
  readonly key?: ProofKey;
  /** False if no request of the scenario is answered directly. */
  readonly isDirect?: boolean;
  /** The number of direct answers, if it matters. */
  readonly direct?: number;
}

/** Plays the scenario both ways, and returns what it returned with the fast path. */
export async function compareExchanges(app: TestApp, ways: TwoWays, plan: ExchangePlan) {
  const { facts = confidential, play = exchangeOnce, isDirect = true } = plan;
  const client = plan.client ?? (await app.createClient(facts));
  const { key, parameters = { ...offline, scope } } = plan;
  const shared = { client, parameters, play, key };
  const known = ways.count('token', 'direct');
  const fast = await playExchange(app, ways, { way: 'fast', ...shared });
  const direct = ways.count('token', 'direct') - known;
  assert.equal(direct > 0, isDirect);
  assert.equal(direct, plan.direct ?? direct);
  const engine = await playExchange(app, ways, { way: 'engine', ...shared });
  assert.deepEqual(fast, engine);
  return fast.result;
}

interface PlayedExchange {
  readonly way: Way;
  readonly client: RegisteredApp;
  readonly parameters: Parameters;
  readonly play: ExchangeScenario;
  readonly key: ProofKey | undefined;
}

async function playExchange(app: TestApp, ways: TwoWays, played: PlayedExchange) {
  const { way, client, parameters, play, key } = played;
  const person = await app.createUser({ claims: { name: 'Ann' } });
  const rp = await app.relyingPartyOf(client);
  const { responses, record, attempt } = createRecorder({ app, ways, way, client, key });
  const result = await play({
    person,
    client,
    rp,
    authorize: (others = {}) => rp.authorize(person, { ...parameters, ...others }),
    exchange: (callback, changes, proving) => record(formOf(callback, changes), proving),
    tryExchange: (callback, proving) => attempt(formOf(callback), proving),
    tryRefresh: (token, proving) => attempt(refreshOf(token), proving),
    refresh: (token, proving) => record(refreshOf(token), proving),
  });
  return { result, responses, rows: await readRows(app, person.id) };
}

function refreshOf(refresh_token = ''): TokenForm {
  return { grant_type: 'refresh_token', refresh_token };
}

function formOf({ code, redirectUri, verifier }: Callback, changes: Changes = {}): TokenForm {
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...changes,
  };
  const sent = Object.entries(form).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(sent);
}
