// A browser in which several users are signed in.
import assert from 'node:assert/strict';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import type { Parameters, Person, RelyingParty } from '#test/support/actors/relying-party.ts';
import type { TestApp } from '#test/support/app.ts';

export function typePassword(page: Page, { email, password }: Person, fields = {}): Promise<Page> {
  return page.press('sign-in', { login: email, password, ...fields });
}

/** Signs another user in, in the account area; the user who was active is parked. */
export async function addAccount(browser: Browser, person: Person, fields = {}): Promise<void> {
  const page = await browser.open('/auth/sign-in?account=other');
  const account = await typePassword(page, person, fields);
  assert.equal(account.url.pathname, '/auth/account', account.text);
}

/** A browser in which these users signed in, one after the other; the last one is active. */
export async function aSharedBrowser(app: TestApp, count = 2) {
  const browser = app.browser();
  const people: Person[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const person = await app.createUser();
    await addAccount(browser, person);
    people.push(person);
  }
  return { browser, people };
}

/** An address may break before its domain. */
function withoutBreaks(page: Page): string {
  return page.html.replaceAll('<wbr>', '');
}

/** The addresses on the page with the accounts, with their states. */
export function accountsOn(page: Page): readonly string[] {
  const buttons = [...withoutBreaks(page).matchAll(/class="pick">(.*?)<\/button>/gs)];
  return buttons.map(([, html = '']) => {
    const [email = ''] = /[\w.+-]+@[\w.-]+/.exec(html) ?? [];
    const state = /Current|Signed out/.exec(html)?.[0];
    return state === undefined ? email : `${email} ${state}`;
  });
}

/** Presses the button of the account with this address. */
export function pick(page: Page, { email }: Person): Promise<Page> {
  const at = accountsOn(page).findIndex((text) => text.split(' ')[0] === email);
  assert.ok(at >= 0, `${email} is not on the page: ${page.text}`);
  return page.press(`account-${at + 1}`);
}

/** The address of the active account. */
export async function activeIn(browser: Browser): Promise<string | undefined> {
  const page = await browser.open('/auth/account/email');
  if (!page.url.pathname.startsWith('/auth/account')) return undefined;
  const overview = await browser.open('/auth/account');
  return /translate="no">([\w.+-]+@[\w.-]+)</.exec(withoutBreaks(overview))?.[1];
}

/** A browser in which a second user is active and a first one parked, and a client. */
export async function aSharedBrowserAndClient(app: TestApp) {
  const { browser, people } = await aSharedBrowser(app);
  const [first, second] = people;
  assert.ok(first && second);
  return { rp: await app.relyingParty({ first_party: true }), browser, first, second };
}

/** Opens an authorization request. */
export async function ask(rp: RelyingParty, browser: Browser, parameters: Parameters = {}) {
  const request = await rp.request(parameters);
  return { request, page: await browser.open(request.url) };
}

type Asked = Awaited<ReturnType<typeof ask>>;

/** The user whose code the client received. */
export async function subOf(rp: RelyingParty, page: Asked['page'], request: Asked['request']) {
  assert.equal(page.left, true, page.text);
  const { claims } = await rp.exchange(rp.receive(page, request));
  return claims['sub'];
}

export async function silentError(rp: RelyingParty, browser: Browser, parameters: Parameters = {}) {
  const { page } = await ask(rp, browser, { prompt: 'none', ...parameters });
  return page.url.searchParams.get('error');
}

export async function liveSessions(
  { services }: TestApp,
  person: Person | undefined,
): Promise<number> {
  const page = { after: undefined, limit: 10 };
  return (await services.sessionList.list(person?.id, page)).items.length;
}
