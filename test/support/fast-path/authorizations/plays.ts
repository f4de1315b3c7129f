// What happens between authorization requests of a browser, played with and without the fast path, each
// time with a user, a browser and a client of its own. Responses, and the rows about the user, are compared.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import type { Parameters, Person, RelyingParty } from '#test/support/actors/relying-party.ts';
import type { TestApp } from '#test/support/app.ts';
import { holdClock, type Clock } from '#test/support/clock.ts';
import type { AppFacts, RegisteredApp } from '#test/support/data/registrations.ts';
import { comparable } from '#test/support/fast-path/comparable.ts';
import { readRows, tokenRequest } from '#test/support/fast-path/scenarios.ts';
import type { RawResponse, TwoWays, Way } from '#test/support/fast-path/two-ways.ts';
import { usualDraft, verifier, write, type Change } from './drafts.ts';
import { codeOf, comparableNavigation, destinationOf } from './navigations.ts';

export interface Playing {
  readonly way: Way;
  /** Stands still, so that times can be compared exactly. */
  readonly clock: Clock;
  readonly person: Person;
  readonly client: RegisteredApp;
  readonly rp: RelyingParty;
  /** The user is signed in and has allowed the client what the usual request needs. */
  readonly browser: Browser;
  /** Sends the usual request with a change, keeps the cookies, and returns where the browser goes. */
  request(change?: Change, from?: Browser): Promise<string>;
  /** Like `request`, but from another client; the response is not compared. */
  tryRequest(client: RegisteredApp, change?: Change): Promise<RawResponse>;
  /** Exchanges the code of the last request, and returns the error. */
  exchange(): Promise<unknown>;
}

/** Returns what a test asserts. */
export type Play = (playing: Playing) => Promise<unknown>;

export interface PlayPlan {
  readonly facts?: AppFacts;
  /** The parameters of the authorization request with which the user signs in. */
  readonly parameters?: Parameters;
  readonly play: Play;
  /** The expected number of direct answers. */
  readonly direct: number;
}

export interface PlayTools {
  readonly t: TestContext;
  readonly app: TestApp;
  readonly ways: TwoWays;
}

/** Plays both ways, and returns what the play returned with the fast path. */
export async function comparePlays({ t, app, ways }: PlayTools, given: PlayPlan): Promise<unknown> {
  const plan = { ...given, clock: holdClock(t) };
  const known = ways.count('authorization', 'direct');
  const fast = await play(app, ways, { ...plan, way: 'fast' });
  const direct = ways.count('authorization', 'direct') - known;
  const engine = await play(app, ways, { ...plan, way: 'engine' });
  assert.deepEqual(fast, engine);
  assert.equal(direct, plan.direct, `${direct} requests were answered directly`);
  return fast.result;
}

interface Played extends PlayPlan {
  readonly way: Way;
  readonly clock: Clock;
}

const confidential = { auth: 'client_secret_basic' } as const;

async function play(app: TestApp, ways: TwoWays, { way, facts = confidential, ...plan }: Played) {
  const person = await app.createUser({ claims: { name: 'Ann' } });
  const client = await app.createClient(facts);
  const rp = await app.relyingPartyOf(client);
  const { browser } = await rp.authorize(person, plan.parameters ?? { scope: 'openid email' });
  const url = new URL(rp.as.authorization_endpoint ?? '');
  const responses: unknown[] = [];
  let code = '';

  async function send(sender: Browser, of: RegisteredApp, change: Change = (draft) => draft) {
    const { pathname: path } = url;
    const draft = { ...usualDraft(of, sender.cookies.header(url)), path };
    const answered = await ways.send(way, write(change(draft)));
    sender.cookies.keep(url, headersOf(answered));
    return answered;
  }

  const result = await plan.play({
    way,
    clock: plan.clock,
    person,
    client,
    rp,
    browser,
    async request(change, from = browser) {
      const answered = await send(from, client, change);
      responses.push(comparablePlay(answered));
      code = codeOf(answered);
      return destinationOf(answered);
    },
    tryRequest: (of, change) => send(browser, of, change),
    async exchange() {
      const form = { code, redirect_uri: client.redirectUri, code_verifier: verifier };
      const request = tokenRequest(app, client, { grant_type: 'authorization_code', ...form });
      const answered = await ways.send('engine', request);
      responses.push(comparable(answered, ofUser));
      return JSON.parse(answered.text).error;
    },
  });
  return { result, responses, rows: await readRows(app, person.id), uses: await uses(app, person) };
}

const ofUser = ['sub', 'email', 'updated_at', 'act'];
/** Cookies and their signatures, which differ between users. */
const cookieValue = /^(set-cookie: [\w-]+(?:\.sig)?=)[\w.-]{22,}/;

/** The response without what differs between two users, and with times in seconds from now. */
function comparablePlay(answered: RawResponse) {
  const { headers, times, ...rest } = comparableNavigation(answered);
  const now = Math.floor(Date.now() / 1000);
  return {
    ...rest,
    headers: headers.map((line) => line.replace(cookieValue, '$1random')),
    times: times.map((time) => Math.round(time / 1000) - now),
  };
}

/** The times of the user's sessions, in seconds from now. */
async function uses({ services }: TestApp, { id }: Person) {
  const rows = await services.db.knex('sessions').where({ user_id: id });
  const names = ['created_at', 'login_at', 'signed_in_at', 'expires_at', 'ended_at'];
  const since = (value: unknown) =>
    value instanceof Date ? Math.round((value.getTime() - Date.now()) / 1000) : 'none';
  const times = rows.map((row) => names.map((name) => `${name} ${since(row[name])}`).join());
  // Sessions with equal times have no order.
  return times.toSorted();
}

function headersOf({ headers }: RawResponse): Headers {
  return new Headers(headers.map(([name, value]) => [name, value]));
}
