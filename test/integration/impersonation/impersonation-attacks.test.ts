// What an administrator who is signed in as a user cannot do, and what others cannot do with it.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import {
  anImpersonation,
  hasBanner,
  impersonate,
  impersonating,
} from '#test/support/steps/impersonation.ts';
import { eventsOf } from '#test/support/steps/panel.ts';
import { statusChecks } from '#test/architecture/endpoint-policies.ts';

const cookieNames = {
  session: 'ostiary',
  marker: 'ostiary-impersonation',
  device: 'ostiary-device',
} as const;

describeApp('during an impersonation', { settings: impersonating }, (app) => {
  it('no form of the account area is accepted, and no sensitive page is shown', async () => {
    const { browser } = await anImpersonation(app());
    const routes = Object.keys(statusChecks).filter((name) =>
      /^POST \/auth\/(account|sign-in|verify|recover|with|accounts|register|not-me)/.test(name),
    );
    assert.ok(routes.length > 40);

    for (const route of routes) {
      const path = route.replace('POST ', '').replace(/:\w+/g, 'anything');
      const { status, text } = await post(app(), browser, path);
      assert.equal(status, 403, `${route}: ${text}`);
      assert.match(text, /impersonation-restricted/);
    }
    for (const path of ['password', 'email', 'passkeys', 'codes', 'export', 'delete', 'linked']) {
      const page = await browser.open(`/auth/account/${path}`);
      assert.deepEqual([page.status, page.has('impersonation-restricted')], [403, true], path);
    }
  });

  it('a client gets only what the user has allowed it before', async () => {
    const { browser, user } = await anImpersonation(app());
    const known = await app().relyingParty();
    await known.login(user);
    const rp = await app().relyingParty();

    const again = await known.login(user, {}, browser);
    const request = await rp.request();
    const refused = await browser.open(request.url);
    const back = await refused.press('back');
    const silent = await browser.open((await rp.request({ prompt: 'none' })).url);

    assert.equal(again.claims['sub'], user.id);
    assert.deepEqual([refused.status, hasBanner(refused)], [403, true]);
    assert.equal(back.url.searchParams.get('error'), 'access_denied');
    assert.equal(silent.url.searchParams.get('error'), 'consent_required');
  });

  it('no sign-in is possible, and no other account can be chosen', async () => {
    const { browser } = await anImpersonation(app());
    const rp = await app().relyingParty({ first_party: true });

    for (const parameters of [
      { prompt: 'login' },
      { prompt: 'select_account' },
      { max_age: '0' },
    ]) {
      const page = await browser.open((await rp.request(parameters)).url);
      assert.ok(page.has('impersonation-restricted'), page.text);
      const signIn = await browser.open(`${page.url.pathname}/sign-in`);
      const accounts = await browser.open(`${page.url.pathname}/account`);
      assert.deepEqual([signIn.status, accounts.status], [403, 403]);
    }
    assert.equal((await browser.open('/auth/accounts')).status, 403);
    assert.equal((await browser.open('/auth/sign-in?account=other')).status, 403);
  });

  it('the session cookie alone is of no use, with or without the cookie of the banner', async () => {
    const { browser } = await anImpersonation(app());
    const [alone, withMarker, withoutMarker] = [app().browser(), app().browser(), app().browser()];
    plant(browser, alone, [cookieNames.session]);
    plant(browser, withMarker, [cookieNames.session, cookieNames.marker]);
    plant(browser, withoutMarker, [cookieNames.session, cookieNames.device]);

    for (const other of [alone, withMarker, withoutMarker]) {
      const page = await other.open('/auth/account');
      assert.notEqual(page.url.pathname, '/auth/account', page.text);
      const rp = await app().relyingParty({ first_party: true });
      const silent = await other.open((await rp.request({ prompt: 'none' })).url);
      assert.match(silent.url.searchParams.get('error') ?? '', /_required$/);
    }
  });

  it('another impersonation cannot be started from it', async () => {
    const { admin } = await anImpersonation(app());
    const third = await app().createUser();

    const chained = await impersonate(admin, third);

    assert.equal(chained.status, 409, chained.text);
  });

  it('a forged cookie of the banner is ignored', async () => {
    const browser = app().browser();
    browser.cookies.plant(cookieNames.marker, '1.test.AAAA');

    const page = await browser.open('/auth/account');

    assert.deepEqual([page.url.pathname, hasBanner(page)], ['/auth/sign-in', false]);
  });

  it('events that happen in its session carry the administrator', async () => {
    const { admin, user, browser } = await anImpersonation(app());
    const rp = await app().relyingParty({ first_party: true });
    const login = await rp.login(user, {}, browser);

    await rp.revoke(login.accessToken);

    const events = await eventsOf(app(), { userId: user.id });
    const revoked = events.find(({ event }) => event === 'token.revoked');
    assert.equal(revoked?.details['impersonator'], admin.id);
  });

  it('a logout ends it, and the administrator stays signed in', async () => {
    const { admin, user, browser } = await anImpersonation(app());
    const rp = await app().relyingParty({ first_party: true });
    const login = await rp.login(user, {}, browser);

    await browser.open(rp.logoutUrl({ id_token_hint: login.idToken }));

    assert.equal(await rp.isActive(login.accessToken), false);
    const ended = await browser.open('/auth/account');
    assert.equal(ended.url.pathname, '/auth/impersonation/ended');
    assert.ok((await browser.open('/auth/account')).text.includes(admin.email));
    assert.equal(await lastEnd(app(), user.id), 'session_ended');
  });

  it('the rules of a client about its users apply', async () => {
    const { browser } = await anImpersonation(app());
    const rp = await app().relyingParty({ first_party: true });
    const by = { actor: { kind: 'operator' }, scopes: 'all' } as const;
    await app().services.clientAccessService.set(
      rp.app.clientId,
      { roles: ['admin'], groups: [], organizations: [] },
      by,
    );

    const page = await browser.open((await rp.request()).url);

    assert.ok(page.has('no-access'), page.text);
    assert.ok(hasBanner(page));
  });
});

describeApp('after an impersonation', { settings: impersonating }, (app) => {
  it('its codes, refresh tokens and access tokens are refused', async () => {
    const { browser, user, page } = await anImpersonation(app());
    const rp = await app().relyingParty({ first_party: true });
    const offline = { scope: 'openid offline_access' };
    const login = await rp.login(user, offline, browser);
    const request = await rp.request(offline);
    const callback = rp.receive(await browser.open(request.url), request);

    await page.press('impersonation-end');

    assert.equal((await rp.tryExchange(callback)).body['error'], 'invalid_grant');
    assert.equal((await rp.tryRefresh(login.refreshToken)).body['error'], 'invalid_grant');
    assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
    assert.equal(await rp.isActive(login.accessToken), false);
    assert.equal(await rp.isActive(login.refreshToken), false);
  });

  it('another client gets the administrator without a prompt, never the user', async () => {
    const { admin, browser, page } = await anImpersonation(app());
    await page.press('impersonation-end');
    const rp = await app().relyingParty({ first_party: true });

    const request = await rp.request({ prompt: 'none' });
    const callback = rp.receive(await browser.open(request.url), request);

    const { claims } = await rp.exchange(callback);
    assert.deepEqual([claims['sub'], claims['act']], [admin.id, undefined]);
  });

  it('has expired at the exact end, on every path at once', async () => {
    const { services } = app();
    const { browser, user, impersonation } = await anImpersonation(app());
    const rp = await app().relyingParty({ first_party: true });
    const login = await rp.login(user, { scope: 'openid offline_access' }, browser);
    const ids = { userId: user.id, grantId: undefined, sessionUid: impersonation.sessionUid };
    const before = new Date(impersonation.endsAt.getTime() - 1);
    const load = (at: Date) => services.authorizationContexts.load(ids, at);
    assert.ok((await load(before)).session);
    assert.equal((await load(impersonation.endsAt)).session, undefined);

    await services.db.knex.raw(
      `update sessions
          set impersonation_ends_at = now() - interval '1 ms', expires_at = now() - interval '1 ms'
        where uid = ?`,
      [impersonation.sessionUid],
    );
    await services.db.knex.raw(
      `update impersonations
          set started_at = started_at - interval '15 min', ends_at = now() - interval '1 ms'
        where id = ?`,
      [impersonation.id],
    );

    assert.equal((await rp.tryRefresh(login.refreshToken)).body['error'], 'invalid_grant');
    assert.equal(await rp.isActive(login.accessToken), false);
    const silent = await browser.open((await rp.request({ prompt: 'none' })).url);
    assert.match(silent.url.searchParams.get('error') ?? '', /_required$/);
    assert.equal((await browser.open('/auth/account')).url.pathname, '/auth/impersonation/ended');
    assert.equal(await lastEnd(app(), user.id), 'expired');
  });
});

async function lastEnd(app: TestApp, userId: string): Promise<unknown> {
  const events = await eventsOf(app, { userId });
  return events.find(({ event }) => event === 'impersonation.ended')?.details['because'];
}

function plant(from: Browser, to: Browser, names: readonly string[]): void {
  for (const name of names) {
    for (const suffix of ['', '.sig']) {
      const cookie = from.cookies.find(`${name}${suffix}`);
      if (cookie) to.cookies.plant(cookie.name, cookie.value);
    }
  }
}

async function post(app: TestApp, browser: Browser, path: string) {
  const url = new URL(path, app.issuer);
  const answer = await app.send(url, {
    method: 'POST',
    headers: {
      accept: 'text/html',
      'content-type': 'application/x-www-form-urlencoded',
      cookie: browser.cookies.header(url),
    },
    body: 'a=b',
  });
  return { status: answer.status, text: await answer.text() } satisfies Partial<Page>;
}
