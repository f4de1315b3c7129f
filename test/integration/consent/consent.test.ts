// Consent: asked once for each client and scope, remembered, and refused.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';

describeOnEachArrangement('consent (OIDC Core §3.1.2.4)', (app) => {
  it('is not requested again in another browser', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    await rp.login(person, { scope: 'openid email' });

    const pending = await rp.request({ scope: 'openid email' });
    const page = await app().browser().open(pending.url);
    const back = await page.press('sign-in', { login: person.email, password: person.password });

    assert.equal(rp.receive(back, pending).redirectUri, rp.app.redirectUri);
  });

  it('is requested again for additional scopes', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser(), { scope: 'openid' });
    const more = await rp.request({ scope: 'openid email' });
    const less = await rp.request({ scope: 'openid' });

    assert.equal((await browser.open(more.url)).has('allow'), true);
    assert.equal((await browser.open(less.url)).left, true);
  });

  it('is requested again with prompt=consent', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser());
    const { url } = await rp.request({ prompt: 'consent' });

    const page = await browser.open(url);

    assert.deepEqual([page.has('allow'), page.has('sign-in')], [true, false]);
  });

  it('is requested from another user in the same browser', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser());
    const next = await app().createUser();
    const { url } = await rp.request({ prompt: 'login' });

    const page = await browser.open(url);
    const after = await page.press('sign-in', { login: next.email, password: next.password });

    assert.equal(after.has('allow'), true, after.text);
    assert.match(after.text, new RegExp(next.email));
  });

  it('is requested for another client', async () => {
    const [allowed, other] = [await app().relyingParty(), await app().relyingParty()];
    const { browser } = await allowed.login(await app().createUser());
    const { url } = await other.request();

    assert.equal((await browser.open(url)).has('allow'), true);
  });
});

describeApp('consent to native and first-party clients', {}, (app) => {
  it('is requested each time for a native client (RFC 8252 §8.6)', async () => {
    const rp = await app().relyingParty({
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/cb'],
    });
    const { browser } = await rp.login(await app().createUser());
    const again = await rp.request();
    const silent = await rp.request({ prompt: 'none' });

    assert.equal((await browser.open(again.url)).has('allow'), true);
    const { searchParams } = (await browser.open(silent.url)).url;
    assert.equal(searchParams.get('error'), 'interaction_required');
  });

  it('is not requested for a first-party client', async () => {
    const rp = await app().relyingParty({ first_party: true });
    const person = await app().createUser();
    const pending = await rp.request({ scope: 'openid email profile' });

    const page = await app().browser().open(pending.url);
    const back = await page.press('sign-in', { login: person.email, password: person.password });

    const login = await rp.exchange(rp.receive(back, pending));
    assert.equal((await rp.userinfo(login))['email'], person.email);
  });

  it('is requested for a first-party client with prompt=consent', async () => {
    const rp = await app().relyingParty({ first_party: true });
    const { browser } = await rp.login(await app().createUser());
    const { url } = await rp.request({ prompt: 'consent' });

    assert.equal((await browser.open(url)).has('allow'), true);
  });
});

describeApp('denied consent', {}, (app) => {
  it('returns access_denied, and consent is requested again next time', async () => {
    const rp = await app().relyingParty();
    const { email: login, password } = await app().createUser();
    const browser = app().browser();
    const first = await rp.request();
    const consent = await (await browser.open(first.url)).press('sign-in', { login, password });

    const back = await consent.press('deny');

    assert.equal(back.url.searchParams.get('error'), 'access_denied');
    assert.equal(back.url.searchParams.get('iss'), app().issuer);
    assert.equal(back.url.searchParams.get('state'), first.state);
    const again = await browser.open((await rp.request()).url);
    assert.deepEqual([again.has('allow'), again.has('sign-in')], [true, false]);
  });

  it('does not revoke scopes and tokens that were granted before', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), { scope: 'openid' });
    const consent = await login.browser.open((await rp.request({ scope: 'openid email' })).url);

    await consent.press('deny');

    assert.equal(await rp.isActive(login.accessToken), true);
    assert.equal((await login.browser.open((await rp.request()).url)).left, true);
  });

  it('refuses a consent form whose decision is missing or unknown', async () => {
    const rp = await app().relyingParty();
    const { email: login, password } = await app().createUser();
    const pending = await rp.request();
    const browser = app().browser();
    const consent = await (await browser.open(pending.url)).press('sign-in', { login, password });
    const { action, fields } = consent.form('allow');

    for (const decision of ['', 'yes', 'ALLOW']) {
      const body = new URLSearchParams([...fields, ['decision', decision]]);
      const cookie = browser.cookies.header(new URL(action, app().issuer));
      const headers = { cookie, origin: app().issuer, accept: 'text/html' };
      const answer = await app().send(new URL(action, app().issuer), {
        method: 'POST',
        body,
        headers,
      });
      assert.equal(answer.status, 400);
    }
  });
});

describeApp('the consent page', {}, (app) => {
  it('shows client name, host, scopes and account with HTML escaped', async () => {
    const rp = await app().relyingParty({ client_name: 'A <b>bold</b> app' });
    const { email: login, password } = await app().createUser();
    const { url } = await rp.request({ scope: 'openid email offline_access', prompt: 'consent' });

    const { text, html } = await (
      await app().browser().open(url)
    ).press('sign-in', { login, password });

    for (const words of [
      'A <b>bold</b> app',
      'rp.example',
      'See your email address',
      'Keep this access when you’re not using the app',
      login,
    ]) {
      assert.ok(text.includes(words), words);
    }
    assert.doesNotMatch(html, /<b>bold/);
  });

  it('allows switching the account after sign-in', async () => {
    const rp = await app().relyingParty();
    const [first, second] = [await app().createUser(), await app().createUser()];
    const pending = await rp.request();
    const { email: login, password } = first;
    const consent = await (
      await app().browser().open(pending.url)
    ).press('sign-in', { login, password });

    const back = await rp.passPages(await consent.press('switch'), second);

    const { claims } = await rp.exchange(rp.receive(back, pending));
    assert.equal(claims['sub'], second.id);
  });

  it('allows switching the account in an existing session', async () => {
    const rp = await app().relyingParty();
    const [first, second] = [await app().createUser(), await app().createUser()];
    const { browser } = await rp.login(first);
    const pending = await rp.request({ prompt: 'consent' });

    const switched = await (await browser.open(pending.url)).press('switch');
    // The session of the first user ends without a confirmation page.
    const consent = await switched.press('sign-in', {
      login: second.email,
      password: second.password,
    });
    const back = await rp.passPages(consent, second);

    const { claims } = await rp.exchange(rp.receive(back, pending));
    assert.equal(claims['sub'], second.id);
  });
});

describeApp('additional scopes on the consent page', {}, (app) => {
  it('lists new scopes separately from those granted before', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser(), { scope: 'openid profile' });

    const claims = JSON.stringify({ userinfo: { email: null } });
    const more = await rp.request({ scope: 'openid profile', claims });
    const page = await browser.open(more.url);

    const [added = '', before = ''] = page.text.split('Already allowed:');
    assert.match(added, /email address/);
    assert.doesNotMatch(added, /See your name/);
    assert.match(before, /name/);
    assert.doesNotMatch(before, /email address/);
  });

  it('lists all scopes together at the first consent and with prompt=consent', async () => {
    const rp = await app().relyingParty();
    const { email: login, password } = await app().createUser();
    const first = await app()
      .browser()
      .open((await rp.request({ scope: 'openid email' })).url);
    const asked = await first.press('sign-in', { login, password });
    const back = await asked.press('allow');
    assert.equal(back.left, true);

    const browser = app().browser();
    const start = await browser.open(
      (await rp.request({ scope: 'openid email', prompt: 'consent' })).url,
    );
    const again = await start.press('sign-in', { login, password });

    for (const page of [asked, again]) {
      assert.equal(page.has('known'), false);
      assert.match(page.text, /email address/);
    }
  });
});
