// Access to the panel: it is an OpenID client of this provider, and each request is authorized by
// the access token of the administrator.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { commandLine } from '#core/revocation/commands/format-receipt.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import { signInToPanel } from '#test/support/steps/panel.ts';
import type { Page } from '#test/support/actors/cookie-browser.ts';

const operator = { kind: 'operator' } as const;

/** The sign-in page instead of a page of the panel. */
function assertSignedOut(page: Page): void {
  assert.equal(page.has('sign-in'), true, page.text);
}

describeApp('the panel', {}, (app) => {
  it('asks a visitor to sign in, and then shows the page that was opened', async () => {
    const person = await app().createUser();
    await app().services.roles.grant(person.id, 'admin', new Date());
    const browser = app().browser();

    const signIn = await browser.open('/auth/admin/users?state=blocked');
    assertSignedOut(signIn);
    const page = await signIn.press('sign-in', { login: person.email, password: person.password });

    assert.equal(page.status, 200, page.text);
    assert.equal(page.url.pathname + page.url.search, '/auth/admin/users?state=blocked');
    assert.equal(page.heading, 'Users');
    assert.equal(page.language, 'en');
  });

  it('keeps its token in an encrypted cookie that is limited to its path', async () => {
    const admin = await signInToPanel(app());

    const elsewhere = await admin.browser.open('/auth/account');
    const { cookies } = admin.browser;
    assert.equal(elsewhere.status, 200);
    assert.doesNotMatch(cookies.header(new URL('/auth/account', app().issuer)), /ostiary-panel/);
    const sent = cookies.header(new URL('/auth/admin', app().issuer));
    assert.match(sent, /ostiary-panel=/);
    assert.doesNotMatch(sent, /ost_at_/);
  });

  it('shows a user without the role how to continue, and no data', async () => {
    const user = await signInToPanel(app(), 'none');

    for (const path of ['', '/users', `/users/${user.id}`, '/clients', '/audit', '/settings']) {
      const page = await user.open(path);
      assert.equal(page.status, 403, path);
      assert.equal(page.heading, 'For administrators only');
      assert.equal(page.has('other-account'), true);
      assert.equal(page.has('own-account'), true);
    }
    const other = await user.open('/sign-in');
    assertSignedOut(other);
  });

  it('refuses a user without the role to act', async () => {
    const user = await signInToPanel(app(), 'none');
    const victim = await app().createUser();

    const page = await user.open(`/users/${victim.id}/block`);
    assert.equal(page.status, 403);
    const posted = await postTo(app(), user.browser, `/users/${victim.id}/block`, {
      reason: 'x',
    });

    assert.equal(posted.status, 403);
    assert.equal((await app().services.users.findById(victim.id))?.blockedAt, undefined);
  });

  it('is closed to an administrator who is blocked meanwhile', async () => {
    const admin = await signInToPanel(app());
    assert.equal((await admin.open('/users')).heading, 'Users');

    await app().block(admin.id);

    assertSignedOut(await admin.open('/users'));
  });

  it('is closed to an administrator who is signed out everywhere', async () => {
    const admin = await signInToPanel(app());

    await app().services.blocking.endSessionsOf(admin.id, operator);

    assertSignedOut(await admin.open('/users'));
  });

  it('is closed to an administrator who loses the role, at once', async () => {
    const admin = await signInToPanel(app());
    const { roleAdministration } = app().services;

    await roleAdministration.withdraw(admin.id, 'admin', commandLine);
    const page = await admin.open('/users');
    await roleAdministration.grant(admin.id, 'admin', commandLine);

    assert.equal(page.heading, 'For administrators only');
    assert.equal((await admin.open('/users')).heading, 'Users');
  });

  it('renews a token that is about to expire without a prompt', async (t) => {
    const admin = await signInToPanel(app());
    const clock = holdClock(t);

    clock.advance(3600 - 300);
    const page = await admin.open('/users');

    assert.equal(page.heading, 'Users');
    clock.advance(1800);
    assert.equal((await admin.open('/clients')).heading, 'Clients');
  });

  it('refuses an authorization response that this browser did not request', async () => {
    const admin = await signInToPanel(app());
    const other = app().browser();
    const begun = await other.open('/auth/admin');
    const state = 'v1.test.AAAA';

    const forged = await admin.open(`/callback?code=x&state=${state}&iss=${app().issuer}`);
    const missing = await admin.open('/callback');

    assertSignedOut(begun);
    assert.deepEqual([forged.status, forged.errorCode], [400, 'expired']);
    assert.deepEqual([missing.status, missing.errorCode], [400, 'expired']);
  });

  it('asks for the password again before a destructive action, and returns to it', async (t) => {
    const admin = await signInToPanel(app());
    const victim = await app().createUser();
    const clock = holdClock(t);
    clock.advance(601);

    const path = `/users/${victim.id}/block`;
    const signIn = await admin.open(path);
    assertSignedOut(signIn);
    const { email: login, password } = admin;
    const back = await signIn.press('sign-in', { login, password });

    assert.equal(back.url.pathname, `/auth/admin${path}`, back.text);
    assert.equal(back.has('submit'), true);
    const done = await back.press('submit', { reason: 'Stolen laptop' });
    assert.match(done.heading, /is blocked/);
  });

  it('refuses the form of such an action once the authentication is too old', async (t) => {
    const admin = await signInToPanel(app());
    const victim = await app().createUser();
    const form = await admin.open(`/users/${victim.id}/block`);
    const clock = holdClock(t);
    clock.advance(901);

    const refused = await form.press('submit', { reason: 'Too late' });

    assertSignedOut(refused);
    assert.equal((await app().services.users.findById(victim.id))?.blockedAt, undefined);
  });

  it('refuses a form from another site or without its token', async () => {
    const admin = await signInToPanel(app());
    const victim = await app().createUser();
    const path = `/auth/admin/users/${victim.id}/block`;

    const foreign = await admin.browser.postFromElsewhere(path, 'reason=x');
    const bare = await postTo(
      app(),
      admin.browser,
      `/users/${victim.id}/block`,
      { reason: 'x' },
      '',
    );

    for (const page of [foreign, bare]) {
      assert.deepEqual([page.status, page.errorCode], [403, 'cross_site']);
    }
    assert.equal((await app().services.users.findById(victim.id))?.blockedAt, undefined);
  });
});

describeApp('the panel with ADMIN_ALLOW', { settings: { ADMIN_ALLOW: '10.0.0.0/8' } }, (app) => {
  it('does not exist for other addresses', async () => {
    for (const path of ['', '/users', '/callback', '/sign-in']) {
      const page = await app().browser().open(`/auth/admin${path}`);
      assert.deepEqual([page.status, page.errorCode], [404, 'not_found'], path);
    }
  });
});

/** Submits a form that the page would not offer, with a form token of this browser by default. */
async function postTo(
  app: TestApp,
  browser: ReturnType<TestApp['browser']>,
  path: string,
  fields: Readonly<Record<string, string>>,
  token?: string,
): Promise<Page> {
  const account = await browser.open('/auth/account/profile');
  const own = account.form('form_token').fields.get('form_token') ?? '';
  const body = new URLSearchParams({ ...fields, form_token: token ?? own });
  const url = new URL(`/auth/admin${path}`, app.issuer);
  const headers = {
    cookie: browser.cookies.header(url),
    origin: app.issuer,
    'sec-fetch-site': 'same-origin',
    accept: 'text/html',
  };
  const answer = await app.send(url, { method: 'POST', body, headers });
  const html = await answer.text();
  return {
    ...account,
    status: answer.status,
    html,
    errorCode: /data-error="([^"]*)"/.exec(html)?.[1],
  };
}
