// The steps of the passkey script of a page, with a software authenticator: request the options
// with the challenge, submit the response.
import assert from 'node:assert/strict';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import type { Send } from '#test/support/actors/http-client.ts';
import {
  createAuthenticator,
  type Authenticator,
  type Options,
  type Twist,
} from '#test/support/actors/authenticator.ts';

/** An application under test with one or more nodes. */
export interface Place {
  readonly issuer: string;
  readonly send: Send;
  browser(): Browser;
}

export const passkeysPath = '/auth/account/passkeys';

/** Requests the options as the script of this page would; returns the response whatever it is. */
export async function tryAsk({ send, issuer }: Place, browser: Browser, page: Page) {
  const [, path = ''] = /data-options="([^"]+)"/.exec(page.html) ?? [];
  assert.notEqual(path, '', page.text);
  const url = new URL(path, issuer);
  const body = new URLSearchParams([...page.form('answer').fields]);
  const headers = { origin: url.origin, 'sec-fetch-site': 'same-origin' };
  return send(url, {
    method: 'POST',
    body,
    headers: { ...headers, cookie: browser.cookies.header(url) },
  });
}

export async function ask(place: Place, browser: Browser, page: Page): Promise<Options> {
  const answer = await tryAsk(place, browser, page);
  assert.equal(answer.status, 200);
  return (await answer.json()) as Options; // The same shape that the WebAuthn API takes.
}

export function answerWith(page: Page, answer: string): Promise<Page> {
  return page.press('answer', { answer });
}

export async function signInOwn(browser: Browser, { email, password }: Person): Promise<Page> {
  const page = await browser.open('/auth/sign-in');
  return page.press('sign-in', { login: email, password });
}

/** Opens the passkeys page and reauthenticates with the password if necessary. */
export async function openFresh(browser: Browser, { password }: Person): Promise<Page> {
  const page = await browser.open(passkeysPath);
  return page.has('confirm') ? page.press('confirm', { password }) : page;
}

export async function addPasskey(
  place: Place,
  browser: Browser,
  page: Page,
  device: Authenticator,
  twist?: Twist,
): Promise<Page> {
  return answerWith(page, device.create(await ask(place, browser, page), twist));
}

/** Signs in with the password and adds a passkey. */
export async function withPasskey(place: Place, person: Person, { synced = false } = {}) {
  const browser = place.browser();
  await signInOwn(browser, person);
  const device = createAuthenticator({ issuer: place.issuer, synced });
  const page = await addPasskey(place, browser, await openFresh(browser, person), device);
  assert.ok(page.has('remove-1'), page.text);
  return { browser, device, page, person };
}

/** Signs in with a passkey on the sign-in page, outside an authorization request. */
export async function useAtHome(place: Place, device: Authenticator, twist?: Twist) {
  const browser = place.browser();
  const page = await browser.open('/auth/sign-in');
  const options = await ask(place, browser, page);
  return { browser, page: await answerWith(page, device.get(options, twist)) };
}
