// When the user has to sign in or give consent, and how prompt=none reports it
// (OIDC Core §3.1.2.1).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import type { Parameters, RelyingParty } from '#test/support/actors/relying-party.ts';

describeApp('prompt=none', {}, (app) => {
  it('returns login_required without a session', async () => {
    const rp = await app().relyingParty();

    assert.equal(await silentError(rp, app().browser()), 'login_required');
  });

  it('returns consent_required for a client without consent', async () => {
    const [known, other] = [await app().relyingParty(), await app().relyingParty()];
    const { browser } = await known.login(await app().createUser());

    assert.equal(await silentError(other, browser), 'consent_required');
  });

  it('returns consent_required for scopes that were not granted', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser(), { scope: 'openid' });

    const error = await silentError(rp, browser, { scope: 'openid email' });

    assert.equal(error, 'consent_required');
  });

  it('returns a code if neither sign-in nor consent is needed', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const first = await rp.login(person);

    const again = await rp.login(person, { prompt: 'none' }, first.browser);

    assert.equal(again.claims['sub'], person.id);
    assert.equal(again.claims['auth_time'], first.claims['auth_time']);
  });

  it('returns login_required if the sign-in is older than max_age', async (t) => {
    const clock = holdClock(t);
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser());
    clock.advance(61);

    assert.equal(await silentError(rp, browser, { max_age: '60' }), 'login_required');
  });

  it('returns login_required for an unsigned or forged session cookie', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser());
    const { value } = browser.cookies.find('ostiary') ?? assert.fail();
    const forged = app().browser();
    forged.cookies.plant('ostiary', value);

    assert.equal(await silentError(rp, forged), 'login_required');

    forged.cookies.plant('ostiary.sig', 'x'.repeat(43));
    assert.equal(await silentError(rp, forged), 'login_required');
  });
});

describeApp('prompt=login and max_age (OIDC Core §3.1.2.1)', {}, (app) => {
  it('require a new sign-in and report its time in auth_time', async (t) => {
    const clock = holdClock(t);
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const first = await rp.login(person);
    clock.advance(100);

    const pending = await rp.request({ prompt: 'login' });
    const page = await first.browser.open(pending.url);
    assert.equal(page.has('sign-in'), true);
    const back = await rp.passPages(page, person);

    const { claims } = await rp.exchange(rp.receive(back, pending));
    assert.equal(claims['auth_time'], clock.seconds());
    assert.equal(Number(first.claims['auth_time']), clock.seconds() - 100);
  });

  it('cannot be bypassed by resuming the authorization request without a sign-in', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser());
    const { url } = await rp.request({ prompt: 'login' });
    const page = await browser.open(url);

    const resumed = await browser.open(
      page.url.href.replace('/auth/interaction/', '/oauth2/authorize/'),
    );

    assert.equal(resumed.left, false);
    assert.equal(resumed.url.searchParams.has('code'), false);
  });

  it('require a new sign-in if the last one is older than max_age', async (t) => {
    const clock = holdClock(t);
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const { browser } = await rp.login(person);

    clock.advance(60);
    const fresh = await rp.login(person, { max_age: '60', prompt: 'none' }, browser);
    clock.advance(1);
    const { url } = await rp.request({ max_age: '60' });

    assert.notEqual(fresh.accessToken, '');
    assert.equal((await browser.open(url)).has('sign-in'), true);
  });

  it('require a new sign-in each time with max_age=0', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser());
    const { url } = await rp.request({ max_age: '0' });

    assert.equal((await browser.open(url)).has('sign-in'), true);
  });

  it('apply the default_max_age of the client', async (t) => {
    const clock = holdClock(t);
    const rp = await app().relyingParty({ default_max_age: 60 });
    const { browser } = await rp.login(await app().createUser());
    clock.advance(61);

    assert.equal(await silentError(rp, browser), 'login_required');
  });
});

describeApp(
  'the lifetime of a session',
  { settings: { SESSION_IDLE_SECONDS: '600', SESSION_MAX_SECONDS: '1500' } },
  (app) => {
    it('ends a session after SESSION_IDLE_SECONDS without use', async (t) => {
      const clock = holdClock(t);
      const rp = await app().relyingParty();
      const { browser } = await rp.login(await app().createUser());
      const copied = browser.copy();
      clock.advance(601);

      assert.equal(await silentError(rp, copied), 'login_required');
    });

    it('ends a session after SESSION_MAX_SECONDS even if it is in use', async (t) => {
      const clock = holdClock(t);
      const rp = await app().relyingParty();
      const person = await app().createUser();
      const { browser } = await rp.login(person);

      for (let turn = 0; turn < 3; turn += 1) {
        clock.advance(490);
        await rp.login(person, { prompt: 'none' }, browser);
      }
      const copied = browser.copy();
      clock.advance(31);

      assert.equal(await silentError(rp, copied), 'login_required');
    });
  },
);

describeApp('id_token_hint (OIDC Core §3.1.2.1)', {}, (app) => {
  it('returns a code if the user of the ID token is signed in', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const { browser, idToken } = await rp.login(person);

    const again = await rp.login(person, { id_token_hint: idToken, prompt: 'none' }, browser);

    assert.equal(again.claims['sub'], person.id);
  });

  it('returns a code for an expired ID token', async (t) => {
    const clock = holdClock(t);
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const { browser, idToken } = await rp.login(person);
    clock.advance(24 * 60 * 60);

    const again = await rp.login(person, { id_token_hint: idToken, prompt: 'none' }, browser);

    assert.equal(again.claims['sub'], person.id);
  });

  it('returns login_required if another user is signed in', async () => {
    const rp = await app().relyingParty();
    const { idToken } = await rp.login(await app().createUser());
    const { browser } = await rp.login(await app().createUser());

    const error = await silentError(rp, browser, { id_token_hint: idToken });

    assert.equal(error, 'login_required');
  });

  it('issues no code if a user other than that of the ID token signs in', async () => {
    const rp = await app().relyingParty();
    const [expected, other] = [await app().createUser(), await app().createUser()];
    const { idToken } = await rp.login(expected);
    await rp.login(other);
    const { url } = await rp.request({ id_token_hint: idToken });

    const page = await rp.passPages(await app().browser().open(url), other);

    assert.equal(page.url.searchParams.has('code'), false, page.url.href);
  });

  it('refuses an ID token that is forged or of another client', async () => {
    const [rp, other] = [await app().relyingParty(), await app().relyingParty()];
    const { idToken } = await other.login(await app().createUser());
    const forged = idToken.replace(/[^.]*$/, 'A'.repeat(86));

    for (const id_token_hint of [idToken, forged, 'x', 'a.b.c']) {
      const error = await silentError(rp, app().browser(), { id_token_hint });
      assert.equal(error, 'invalid_request');
    }
  });
});

/** The error of a request with prompt=none, or an empty string if it returns a code. */
async function silentError(
  rp: RelyingParty,
  browser: Browser,
  parameters: Parameters = {},
): Promise<string> {
  const { url, state } = await rp.request({ prompt: 'none', ...parameters });
  const page = await browser.open(url);
  assert.ok(page.left, `a page was shown: ${page.status} ${page.text.slice(0, 200)}`);
  assert.equal(page.html, '');
  const { searchParams } = page.url;
  assert.deepEqual([searchParams.get('state'), searchParams.get('iss')], [state, rp.issuer]);
  return searchParams.get('error') ?? '';
}
