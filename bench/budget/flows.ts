// The flows whose cost has a budget, named as in bench/budget.json. Each flow is prepared, and then
// returns the action that is counted: the requests of one step, as browsers and clients send them.
import assert from 'node:assert/strict';
import type { Answer, RelyingParty } from '#test/support/actors/relying-party.ts';
import type { Page } from '#test/support/actors/cookie-browser.ts';
import type { CountedApp } from './counted-app.ts';

/** Prepares the flow and returns the action to count. */
export type Flow = (app: CountedApp) => Promise<() => Promise<void>>;

const read =
  (path: string): Flow =>
  async ({ send, issuer }) =>
  async () =>
    assert.equal((await send(`${issuer}${path}`)).status, 200);

export const flows: Readonly<Record<string, Flow>> = {
  discovery: read('/.well-known/openid-configuration'),
  JWKS: read('/oauth2/jwks'),

  'client_credentials, opaque':
    async ({ service }) =>
    async () =>
      succeed(await service.token({ grant_type: 'client_credentials' })),

  'client_credentials, JWT':
    async ({ service, jwtAudience: resource }) =>
    async () =>
      succeed(await service.token({ grant_type: 'client_credentials', resource })),

  // The only signature of this flow and of the next one is the client's, which runs in this process.
  'client_credentials, assertion':
    async ({ signer }) =>
    async () =>
      succeed(await signer.token({ grant_type: 'client_credentials' })),

  'client_credentials, DPoP':
    async ({ prover }) =>
    async () =>
      succeed(await prover.token({ grant_type: 'client_credentials' })),

  'client_credentials, revocable JWT':
    async ({ service, revocableAudience: resource }) =>
    async () =>
      succeed(await service.token({ grant_type: 'client_credentials', resource })),

  'introspection, opaque': async ({ firstParty, ...app }) => {
    const { accessToken } = await signIn(firstParty, app);
    const introspect = async () => assert.equal(await firstParty.isActive(accessToken), true);
    await introspect();
    return introspect;
  },

  userinfo: async ({ firstParty, ...app }) => {
    const { accessToken } = await signIn(firstParty, app);
    return async () => succeed(await firstParty.tryUserinfo(accessToken));
  },

  'code exchange with a refresh token': async ({ firstParty, registrations }) => {
    const callback = await firstParty.authorize(await registrations.createUser());
    return async () => {
      const answer = await firstParty.tryExchange(callback);
      succeed(answer);
      assert.equal(typeof answer.body['refresh_token'], 'string');
    };
  },

  'code exchange for a JWT': async ({ firstParty, registrations, jwtAudience: resource }) => {
    const parameters = { scope: 'openid read', resource };
    const callback = await firstParty.authorize(await registrations.createUser(), parameters);
    return async () => succeed(await firstParty.tryExchange(callback, { resource }));
  },

  'refresh with rotation': async ({ firstParty, ...app }) => {
    const { refreshToken } = await signIn(firstParty, app);
    return async () => {
      const answer = await firstParty.tryRefresh(refreshToken);
      succeed(answer);
      assert.notEqual(answer.body['refresh_token'], refreshToken);
    };
  },

  'authorize without a session': async ({ firstParty, browser }) => {
    const { url } = await firstParty.request();
    return async () => showsPage(await browser().open(url), 'sign-in');
  },

  'authorize with a live session': async ({ firstParty, ...app }) => {
    const { browser } = await signIn(firstParty, app);
    const { url } = await firstParty.request();
    return async () => backAtApp(await browser.open(url));
  },

  'password sign-in': async ({ firstParty, browser, registrations }) => {
    const { email: login, password } = await registrations.createUser();
    const page = await browser().open((await firstParty.request()).url);
    return async () => backAtApp(await page.press('sign-in', { login, password }));
  },

  'password sign-in, consent remembered': async ({ thirdParty, browser, ...app }) => {
    const { person } = await signIn(thirdParty, app);
    const page = await browser().open((await thirdParty.request()).url);
    const { email: login, password } = person;
    return async () => backAtApp(await page.press('sign-in', { login, password }));
  },

  consent: async ({ thirdParty, browser, registrations }) => {
    const { email: login, password } = await registrations.createUser();
    const page = await browser().open((await thirdParty.request()).url);
    const question = await page.press('sign-in', { login, password });
    return async () => backAtApp(await question.press('allow'));
  },

  register: async ({ firstParty, browser }) => {
    const visitor = browser();
    const { url } = await visitor.open((await firstParty.request()).url);
    const page = await visitor.open(`${url.href}/register`);
    const email = `new.${crypto.randomUUID()}@example.com`;
    const password = 'a meadow full of seven larks';
    return async () => backAtApp(await page.press('register', { email, name: 'Ann', password }));
  },

  'revoke an access token': async ({ firstParty, ...app }) => {
    const { accessToken } = await signIn(firstParty, app);
    return async () => succeed(await firstParty.revoke(accessToken));
  },

  'revoke a refresh token': async ({ firstParty, ...app }) => {
    const { refreshToken } = await signIn(firstParty, app);
    const token_type_hint = 'refresh_token';
    return async () => succeed(await firstParty.revoke(refreshToken, { token_type_hint }));
  },

  'logout with a question': async ({ firstParty, ...app }) => {
    const { browser } = await signIn(firstParty, app);
    return async () => {
      const question = await browser.open(firstParty.logoutUrl());
      showsPage(await question.press('sign-out'), 'signed-out');
    };
  },

  'logout with an ID token': async ({ firstParty, ...app }) => {
    const { browser, idToken } = await signIn(firstParty, app);
    const url = firstParty.logoutUrl({ id_token_hint: idToken });
    return async () => showsPage(await browser.open(url), 'signed-out');
  },
};

async function signIn(party: RelyingParty, { registrations }: Pick<CountedApp, 'registrations'>) {
  const person = await registrations.createUser();
  return { ...(await party.login(person)), person };
}

function succeed({ status, text }: Answer): void {
  assert.equal(status, 200, text);
}

function backAtApp({ left, url, text }: Page): void {
  assert.ok(
    left && url.searchParams.has('code'),
    `not redirected to the client: ${url.href} ${text}`,
  );
}

function showsPage(page: Page, id: string): void {
  assert.ok(page.has(id), `the page has no ${id}: ${page.status} ${page.text}`);
}
