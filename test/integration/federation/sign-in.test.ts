// Sign-in with an identity provider: new accounts, returning users and authorization requests.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codeIn, newestMail } from '#test/support/steps/mailbox.ts';
import { aStranger } from '#test/support/actors/identity-provider.ts';
import { signInUpstream, startAppWithProviders } from '#test/support/steps/federation.ts';

describe('sign-in with an identity provider', () => {
  it('creates an account and signs in to the same account the next time', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const browser = app.browser();
    const asked = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);

    const account = await asked.press('register');

    assert.equal(asked.heading, 'Almost there');
    assert.equal(account.url.pathname, '/auth/account', account.text);
    assert.match(account.text, new RegExp(`Ada Lovelace.*${other.state.person.email}`, 's'));
    const later = app.browser();
    const back = await signInUpstream(later, await later.open('/auth/sign-in'), other);
    assert.equal(back.url.pathname, '/auth/account', back.text);
    const rows: { email_verified_at: Date | null }[] = await app.services.db
      .knex('users')
      .select('email_verified_at');
    assert.equal(rows.length, 1);
    assert.ok(rows[0]?.email_verified_at);
  });

  it('sends PKCE, state and nonce and authenticates with client_secret_basic', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const browser = app.browser();

    await signInUpstream(browser, await browser.open('/auth/sign-in'), other);

    const { asked, tokenRequests } = other.state;
    assert.equal(asked.get('code_challenge_method'), 'S256');
    assert.equal(asked.get('scope'), 'openid email profile');
    assert.equal(asked.get('redirect_uri'), `${app.issuer}/auth/with/google/callback`);
    for (const name of ['state', 'nonce', 'code_challenge']) assert.ok(asked.get(name), name);
    const [request] = tokenRequests;
    assert.equal(request?.headers.authorization, `Basic ${btoa('ostiary:s3cret')}`);
  });

  it('continues to the client with amr and auth_time of the upstream sign-in', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const rp = await app.relyingParty();
    const browser = app.browser();
    const pending = await rp.request();
    const asked = await signInUpstream(browser, await browser.open(pending.url), other);
    const consent = await asked.press('register');
    const tokens = await rp.exchange(rp.receive(await consent.press('allow'), pending));

    const next = await rp.request({ max_age: '7200', prompt: 'login' });
    const again = app.browser();
    const returned = await signInUpstream(again, await again.open(next.url), other);
    const second = await rp.exchange(rp.receive(returned, next));

    assert.equal(tokens.claims['acr'], 'urn:ostiary:acr:provider');
    assert.deepEqual(tokens.claims['amr'], ['fed']);
    assert.equal(second.claims['sub'], tokens.claims['sub']);
    assert.equal(second.claims['auth_time'], other.state.signedInAt);
  });

  it('continues to the client from the registration page as well', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const rp = await app.relyingParty();
    const browser = app.browser();
    const pending = await rp.request();
    const page = await browser.open(pending.url);
    const register = await browser.open(`${page.url.pathname}/register`);

    const asked = await signInUpstream(browser, register, other);

    assert.equal(asked.heading, 'Almost there');
    assert.match(asked.text, /Tasks/);
  });

  it('requires acceptance of the terms before it creates an account', async (t) => {
    const settings = { TERMS_URL: 'https://id.example/terms', TERMS_VERSION: '1' };
    const { app, other } = await startAppWithProviders(t, { settings });
    const browser = app.browser();
    const asked = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);

    const refused = await asked.press('register', { terms: '' });
    const made = await refused.press('register', { terms: 'yes' });

    assert.equal(refused.status, 422);
    assert.equal(made.url.pathname, '/auth/account', made.text);
  });

  it('verifies the mailbox when the provider has not verified the address', async (t) => {
    const { app, other } = await startAppWithProviders(t, {
      setting: { trust_email: false },
      settings: { EMAIL_VERIFICATION: 'required' },
    });
    const browser = app.browser();
    const asked = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);
    const email = other.state.person.email ?? '';

    const waits = await asked.press('register');

    assert.equal(waits.url.pathname, '/auth/verify');
    const early = await app.services.db.knex('users').select('id');
    assert.deepEqual(early, []);
    const code = codeIn(await newestMail(app, email));
    const account = await (await browser.open('/auth/verify')).press('verify', { code });
    assert.equal(account.url.pathname, '/auth/account', account.text);
    assert.match(account.text, new RegExp(email));
    const later = app.browser();
    const back = await signInUpstream(later, await later.open('/auth/sign-in'), other);
    assert.equal(back.url.pathname, '/auth/account');
  });

  it('creates no account when registration or the mail domain is not allowed', async (t) => {
    const closed = await startAppWithProviders(t, { settings: { REGISTRATION: 'closed' } });
    const domain = await startAppWithProviders(t, {
      settings: { REGISTRATION_DOMAINS: 'corp.example' },
    });

    const shut = closed.app.browser();
    const page = await signInUpstream(shut, await shut.open('/auth/sign-in'), closed.other);
    const abroad = domain.app.browser();
    const asked = await signInUpstream(abroad, await abroad.open('/auth/sign-in'), domain.other);
    const refused = await asked.press('register');

    assert.equal(page.has('register'), false);
    assert.match(page.text, /New accounts can’t be created here/);
    assert.equal(refused.status, 422);
    assert.match(refused.text, /domain|address/);
  });

  it('requires an invitation where registration does, and accepts it once', async (t) => {
    const { app, other } = await startAppWithProviders(t, { settings: { REGISTRATION: 'invite' } });
    const { invitations } = app.services;
    const invited = aStranger();
    await invitations.invite(invited.email ?? '', 'en');
    const pass = async () => {
      const browser = app.browser();
      return signInUpstream(browser, await browser.open('/auth/sign-in'), other);
    };
    const uninvited = await pass();
    other.become({ ...aStranger(), email: invited.email ?? '', email_verified: false });
    const unproven = await pass();
    other.become(invited);
    const [first, second] = [await pass(), await pass()];

    const account = await first.press('register');
    const late = await second.press('register');

    assert.deepEqual([uninvited.has('register'), unproven.has('register')], [false, false]);
    assert.equal(account.url.pathname, '/auth/account', account.text);
    assert.notEqual(late.url.pathname, '/auth/account');
    assert.equal((await app.services.db.knex('users')).length, 1);
  });

  it('refuses a blocked user, and creates a new account for a deleted user', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    other.become(aStranger());
    const browser = app.browser();
    const asked = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);
    await asked.press('register');
    const [user]: { id: string }[] = await app.services.db.knex('users').select('id');
    await app.block(user?.id ?? '');

    const blocked = app.browser();
    const refused = await signInUpstream(blocked, await blocked.open('/auth/sign-in'), other);
    const person = await app.services.users.findById(user?.id ?? '');
    assert.ok(person);
    await app.services.deletion.deleteNow(person, { kind: 'operator' });
    const anew = app.browser();
    const fresh = await signInUpstream(anew, await anew.open('/auth/sign-in'), other);
    await fresh.press('register');

    assert.equal(refused.url.pathname, '/auth/sign-in');
    assert.ok(refused.has('trouble'), refused.text);
    const rows: { user_id: string }[] = await app.services.db.knex('identities');
    assert.equal(rows.length, 1);
    assert.notEqual(rows[0]?.user_id, user?.id);
  });
});
