// The user of a round with a client of its own, and all credentials that exist when the round
// begins.
import assert from 'node:assert/strict';
import { setUpCodes } from '#test/support/steps/totp.ts';
import type { Authenticator } from '#test/support/actors/authenticator.ts';
import { withPasskey } from '#test/support/steps/passkeys.ts';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import { offline } from '#test/support/data/outcomes.ts';
import type { Parameters, Pending, Person } from '#test/support/actors/relying-party.ts';
import {
  createCollection,
  type App,
  type CodeInHand,
  type Collection,
  type Family,
  type Origin,
} from './credentials.ts';
import type { Random } from './random.ts';
import type { RaceEnvironment } from './environment.ts';

/** The sign-in method of the user of a round. */
export type Setup = 'password' | 'email code' | 'second factor' | 'passkey';

export interface Subject {
  readonly person: Person;
  readonly setup: Setup;
  readonly target: App;
  readonly bystander: App;
  readonly collection: Collection;
  /** The client that the user has used; its session has a grant. */
  readonly held: Browser;
  readonly heldIdToken: string;
  /** A client that the user has not used yet, which can rely on remembered consent. */
  readonly idle: Browser;
  readonly families: readonly Family[];
  /** Codes that have not been redeemed yet. */
  readonly codes: readonly CodeInHand[];
  readonly recoveryCodes: string[];
  readonly device: Authenticator | undefined;
}

const preparation = (session: string): Origin => ({ source: 'preparation', begunAt: 0, session });

export async function createSubject(
  world: RaceEnvironment,
  { setup, bystander, random }: { setup: Setup; bystander: App; random: Random },
): Promise<Subject> {
  const { issuer, sends } = world;
  const target = await world.app('target', { redirect_uris: ['https://rp.example/cb'] });
  const person = await world.nodes.createUser({ emailVerified: true });
  const pickNode = () => (random.isLikely(0.5) ? 0 : 1);
  const collection = createCollection({ issuer, sends, bystander, pickNode });
  const { browser: held, device } = await openHeld(world, person, setup);
  const recoveryCodes = setup === 'second factor' ? await turnOnCodes(held, person) : [];
  const subject = { person, setup, target, bystander, collection, device, recoveryCodes };

  const first = await authorize({ ...subject, browser: held, parameters: offline });
  const answer = await target.at[0].tryExchange(first.callback);
  const { id_token: idToken } = answer.body;
  const families = [collection.tokens(preparation('held'), target, answer, true)];
  for (const count of [0, 1, 2]) {
    const code = await authorize({ ...subject, browser: held, parameters: {} });
    if (count === 0) {
      const tokens = await target.at[0].tryExchange(code.callback);
      families.push(collection.tokens(preparation('held'), target, tokens, false));
    } else collection.code(code);
  }
  collection.session(preparation('held'), held);
  const idle = await openAccount(world, subject);
  collection.session(preparation('idle'), idle);
  const codes = [
    await authorize({ ...subject, browser: held, parameters: {} }),
    await authorize({ ...subject, browser: held, parameters: offline }),
  ];
  for (const code of codes) collection.code(code);
  const living = families.filter((family) => family !== undefined);
  assert.equal(living.length, 2, answer.text);
  return { ...subject, held, heldIdToken: String(idToken), idle, families: living, codes };
}

async function openHeld(world: RaceEnvironment, person: Person, setup: Setup) {
  if (setup === 'passkey') {
    const place = { issuer: world.issuer, send: world.sends[0], browser: () => world.browser(0) };
    return withPasskey(place, person);
  }
  return { browser: await openAccount(world, { person, recoveryCodes: [] }), device: undefined };
}

async function turnOnCodes(browser: Browser, person: Person): Promise<string[]> {
  return [...(await setUpCodes(browser, person)).recoveryCodes];
}

/** A browser that is signed in to the account pages. */
export async function openAccount(
  world: RaceEnvironment,
  { person, recoveryCodes }: Pick<Subject, 'person' | 'recoveryCodes'>,
  node: 0 | 1 = 1,
): Promise<Browser> {
  const browser = world.browser(node);
  const page = await signIn(await browser.open('/auth/sign-in'), person, recoveryCodes);
  assert.equal(page.url.pathname, '/auth/account', page.text);
  return browser;
}

/** Enters the password, and a recovery code if one is requested. */
export async function signIn(
  page: Page,
  { email, password }: Person,
  recoveryCodes: string[],
): Promise<Page> {
  const next = await page.press('sign-in', { login: email, password });
  return next.has('verify') ? next.press('verify', { code: recoveryCodes.pop() ?? '' }) : next;
}

interface EmailRequestContext extends Pick<Subject, 'person' | 'target' | 'recoveryCodes'> {
  readonly browser: Browser;
  readonly parameters: Parameters;
}

/** Completes an authorization request of the target client in a signed-in browser. */
async function authorize(asking: EmailRequestContext): Promise<CodeInHand> {
  const { browser, parameters, target, person, recoveryCodes } = asking;
  const pending = await target.at[0].request(parameters);
  let page = await browser.open(pending.url);
  if (page.has('sign-in')) page = await signIn(page, person, recoveryCodes);
  if (page.has('allow')) page = await page.press('allow');
  const callback = callbackOf(target, pending, page);
  const isOffline = parameters === offline;
  return { app: target, origin: preparation('held'), callback, isOffline };
}

export function callbackOf({ at: [rp] }: App, pending: Pending, page: Page) {
  return rp.receive(page, pending);
}
