// Users with a second factor who trust a browser. The clock is held, because a code is accepted once.
import assert from 'node:assert/strict';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import type { TestApp } from '#test/support/app.ts';
import { holdClock, type Clock } from '#test/support/clock.ts';
import { codeOf, setUpCodes } from '#test/support/steps/totp.ts';

type Timed = Parameters<typeof holdClock>[0];

const clocks = new WeakMap<Timed, Clock>();

/** One clock per test, even with several users. */
function clockOf(t: Timed): Clock {
  const clock = clocks.get(t) ?? holdClock(t);
  clocks.set(t, clock);
  return clock;
}

export async function aUserWithCodes(t: Timed, app: TestApp) {
  const clock = clockOf(t);
  const rp = await app.relyingParty({ first_party: true });
  const person = await app.createUser();
  const { browser } = await rp.login(person);
  const { secret } = await setUpCodes(browser, person);
  const nextCode = () => {
    clock.advance(60);
    return codeOf(secret);
  };
  return { clock, rp, person, nextCode };
}

export async function trust(
  browser: Browser,
  { person, nextCode }: { readonly person: Person; readonly nextCode: () => string },
): Promise<void> {
  const page = await typePassword(await browser.open('/auth/sign-in'), person);
  await page.press('verify', { code: nextCode(), trust: 'yes' });
  await signOut(browser);
}

/** A user who has ticked the box in this browser and then signed out. */
export async function aTrustingUser(t: Timed, app: TestApp) {
  const user = await aUserWithCodes(t, app);
  const browser = app.browser();
  await trust(browser, user);
  return { ...user, browser };
}

export function typePassword(page: Page, { email, password }: Person): Promise<Page> {
  return page.press('sign-in', { login: email, password });
}

export async function signOut(browser: Browser): Promise<void> {
  const page = await browser.open('/oauth2/logout');
  if (page.has('sign-out')) await page.press('sign-out');
}

/** Whether the password alone signs the user in, in a copy of the browser. */
export async function isSpared(browser: Browser, person: Person): Promise<boolean> {
  const copy = browser.copy();
  await signOut(copy);
  const page = await typePassword(await copy.open('/auth/sign-in'), person);
  assert.ok(page.url.pathname === '/auth/account' || page.has('verify'), page.text);
  return page.url.pathname === '/auth/account';
}

export async function distrustAll({ services }: TestApp, userId: string): Promise<void> {
  for (const { id } of await services.trustedDevices.list(userId)) {
    await services.trustedDevices.revoke(userId, id, { kind: 'operator' });
  }
}
