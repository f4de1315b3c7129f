// Every endpoint checks whether the user and the client are active: the list of all routes with their checks
// must be complete, and every kind of route refuses blocked users and clients.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { protocolLimits } from '#http/rate-limit/protocol-limits.ts';
import { globalRevocationPath } from '#oidc/configuration.ts';
import { createCaller } from '#test/support/actors/api-client.ts';
import { describeOnEachArrangement, startTestApp, type TestApp } from '#test/support/app.ts';
import type { Page } from '#test/support/actors/cookie-browser.ts';
import { statusChecks } from '#test/architecture/endpoint-policies.ts';
import {
  assertInvalidGrant,
  assertRefused,
  inactive,
  offline,
} from '#test/support/data/outcomes.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { recordRoutes } from '#test/support/route-recorder.ts';

/** Routes that are not registered with a router. */
const servedByMiddleware = [
  `POST ${globalRevocationPath}`,
  'POST /oauth2/authorize',
  'POST /oauth2/logout',
  'POST /oauth2/register',
  'GET /oauth2/register/:clientId',
  'PUT /oauth2/register/:clientId',
  'DELETE /oauth2/register/:clientId',
];

/** Endpoints that are off by default are checked as well. */
const everything = { settings: { NATIVE_SIGN_IN: 'on' } };

const isPost = (name: string) => name.startsWith('POST ');

describe('the routes of the application', () => {
  it('are exactly those in the list of routes and their checks', async (t) => {
    const routes = await recordRoutes(t);
    await startTestApp(t, everything);

    const known = Object.keys(statusChecks).toSorted();
    assert.deepEqual([...routes.names(), ...servedByMiddleware].toSorted(), known);
  });

  it('declare a rate limit, or the reason for having none, if they accept POST', async (t) => {
    const routes = await recordRoutes(t);
    await startTestApp(t, everything);

    const posts = [...routes.names(), ...servedByMiddleware].filter(isPost);
    const undeclared = posts.filter((name) => !(routes.policyOf(name) ?? protocolLimits[name]));
    assert.deepEqual(undeclared, []);
  });

  it('declare a rate limit for the protocol endpoints that exist, and for no others', async (t) => {
    const routes = await recordRoutes(t);
    await startTestApp(t, everything);

    const existing = new Set([...routes.names(), ...servedByMiddleware]);
    assert.deepEqual(
      Object.keys(protocolLimits).filter((name) => !existing.has(name)),
      [],
    );
  });
});

describeOnEachArrangement('a blocked user', (app) => {
  it('is asked to sign in despite a live session and refused with an explanation', async () => {
    const { person, rp, browser } = await aBlockedPerson(app());

    const page = await browser.open((await rp.request()).url);
    const silent = await browser.open((await rp.request({ prompt: 'none' })).url);

    assert.deepEqual([page.left, page.status, page.has('sign-in')], [false, 200, true]);
    assert.deepEqual(
      [silent.left, silent.url.searchParams.get('error'), silent.url.searchParams.get('code')],
      [true, 'login_required', null],
    );
    const refused = await page.press('sign-in', { login: person.email, password: person.password });
    assertExplainedRefusal(refused);
  });

  it('cannot sign in to the account pages with the password', async () => {
    const { person } = await aBlockedPerson(app());
    const fresh = app().browser();

    const signIn = await fresh.open(`${app().issuer}/auth/sign-in`);
    const refused = await signIn.press('sign-in', {
      login: person.email,
      password: person.password,
    });

    assertExplainedRefusal(refused);
    assert.equal((await fresh.open(`${app().issuer}/auth/account`)).has('sign-in'), true);
  });

  it('sees no personal data on any page', async () => {
    const { browser, person } = await aBlockedPerson(app());

    for (const path of [
      '/',
      '/auth/account',
      '/auth/account/sessions',
      '/auth/account/apps',
      '/auth/account/activity',
      '/auth/sign-in',
      '/auth/register',
    ]) {
      const page = await browser.open(`${app().issuer}${path}`);
      assert.equal(page.status, 200, path);
      assert.equal(page.html.includes(person.email), false, path);
    }
  });

  it('cannot redeem an authorization code that was issued before the block', async () => {
    const { rp, unused } = await aBlockedPerson(app());

    assertInvalidGrant(await rp.tryExchange(unused));
  });

  it('cannot use a refresh token, which is refused with invalid_grant', async () => {
    const { rp, login } = await aBlockedPerson(app());

    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
  });

  it('cannot continue an authorization request at the consent page', async () => {
    const { consenting, interrupted, person } = await aBlockedPerson(app());

    const shown = await interrupted.browser.open(consenting.url);
    const page = await consenting.press('allow');

    for (const each of [shown, page]) {
      assert.deepEqual([each.left, each.has('allow'), each.status], [false, false, 400], each.text);
      assert.equal(each.html.includes(person.email), false);
    }
    const { consents } = app().services;
    assert.equal(await consents.find(person.id, interrupted.clientId), undefined);
  });

  it('has no active tokens according to introspection and userinfo', async () => {
    const { rp, login, jwt } = await aBlockedPerson(app());

    for (const token of [login.accessToken, login.refreshToken, jwt]) {
      assert.equal((await rp.introspect(token)).text, inactive);
    }
    assertRefused(await rp.tryUserinfo(login.accessToken), 401, 'invalid_token');
    const headers = { authorization: `Bearer ${login.accessToken}` };
    const posted = await app().send(rp.as.userinfo_endpoint ?? '', { method: 'POST', headers });
    assert.equal(posted.status, 401);
  });

  it('is refused by the management API even as an administrator', async () => {
    const { administrating, person } = await aBlockedPerson(app());

    assert.equal((await administrating.get(`users/${person.id}`)).status, 401);
    assert.equal((await administrating.post(`users/${person.id}/unblock`)).status, 401);
  });
});

describeOnEachArrangement('a blocked client', (app) => {
  it('is refused with invalid_client at every endpoint', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const login = await rp.login(await app().createUser(), offline);
    const { clientId } = rp.app;
    await app().services.blocking.blockClient(clientId, { kind: 'operator' });

    const page = await login.browser.open((await rp.request()).url);
    const answers = await Promise.all([
      rp.tryRefresh(login.refreshToken),
      rp.introspect(login.accessToken),
      rp.revoke(login.accessToken),
      rp.push((await rp.request()).url.searchParams),
    ]);

    assert.deepEqual([page.left, page.status, page.errorCode], [false, 400, 'invalid_client']);
    for (const answer of answers) assertRefused(answer, 401, 'invalid_client');
    assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
  });
});

/** A user who was blocked while holding one of each kind of credential. */
async function aBlockedPerson(app: TestApp) {
  const person = await app.createUser();
  await app.services.roles.grant(person.id, 'admin', new Date());
  const rp = await app.relyingParty();
  const login = await rp.login(person, offline);
  const { browser } = login;
  const unused = await rp.authorize(person, offline, browser);
  const jwt = await aJwtOf(app, person);
  const administrating = await anApiTokenOf(app, person);
  const interrupted = await stopAtConsent(app, person);

  await app.block(person.id);
  const { page: consenting } = interrupted;
  return { person, rp, login, browser, unused, jwt, administrating, consenting, interrupted };
}

async function aJwtOf(app: TestApp, person: Person): Promise<string> {
  const api = await app.createApi({ scopes: ['read'], accessTokenFormat: 'jwt' });
  const rp = await app.relyingParty();
  const { accessToken } = await rp.login(person, { scope: 'openid read', resource: api.audience });
  return accessToken;
}

async function anApiTokenOf(app: TestApp, person: Person) {
  const scope = 'openid users:read users:write';
  const rp = await app.relyingParty({ scope, first_party: true });
  const { accessToken } = await rp.login(person, { scope, resource: `${app.issuer}/auth/api` });
  return createCaller(app, accessToken);
}

async function stopAtConsent(app: TestApp, { email, password }: Person) {
  const rp = await app.relyingParty();
  const browser = app.browser();
  const first = await browser.open((await rp.request()).url);
  const page = await first.press('sign-in', { login: email, password });
  assert.equal(page.has('allow'), true, page.text);
  return { browser, page, clientId: rp.app.clientId };
}

function assertExplainedRefusal(page: Page): void {
  assert.deepEqual([page.left, page.has('sign-in')], [false, true], page.text);
  assert.ok(page.status >= 200 && page.status < 500);
  assert.match(page.html, /role="alert"/);
}
