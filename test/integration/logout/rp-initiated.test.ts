import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { offline } from '#test/support/data/outcomes.ts';

const home = 'https://rp.example/bye';
const facts = { post_logout_redirect_uris: [home], client_uri: 'https://rp.example/' };

describeApp('GET /oauth2/logout (OpenID Connect RP-Initiated Logout 1.0)', {}, (app) => {
  async function signedIn() {
    const rp = await app().relyingParty(facts);
    const person = await app().createUser();
    return { rp, person, ...(await rp.login(person)) };
  }

  it('signs out without confirmation if the ID token is of the current session', async () => {
    const { rp, browser, idToken, accessToken } = await signedIn();
    const parameters = { id_token_hint: idToken, post_logout_redirect_uri: home, state: 'a b' };

    const page = await browser.open(rp.logoutUrl(parameters));

    assert.equal(page.url.href, `${home}?state=a+b`);
    assert.ok((await browser.open('/auth/account')).has('sign-in'));
    assert.equal((await rp.tryUserinfo(accessToken)).status, 401);
  });

  it('shows the signed-out page if there is no post_logout_redirect_uri', async () => {
    const { rp, browser, idToken } = await signedIn();

    const page = await browser.open(rp.logoutUrl({ id_token_hint: idToken }));

    assert.ok(page.has('signed-out'));
  });

  it('asks for confirmation if the ID token is of an earlier session', async () => {
    const { rp, person, idToken } = await signedIn();
    const { browser } = await rp.login(person);

    const page = await browser.open(rp.logoutUrl({ id_token_hint: idToken }));

    assert.ok(page.has('sign-out'));
    assert.ok(!(await browser.open('/auth/account')).has('sign-in'));
  });

  it('asks for confirmation if the ID token is of another user', async () => {
    const { rp, browser } = await signedIn();
    const { idToken: foreign } = await rp.login(await app().createUser());

    const page = await browser.open(rp.logoutUrl({ id_token_hint: foreign }));

    assert.ok(page.has('sign-out'));
  });

  it('asks for confirmation without an ID token', async () => {
    const { rp, browser } = await signedIn();

    const page = await browser.open(rp.logoutUrl({ client_id: rp.app.clientId }));
    const after = await page.press('sign-out');

    assert.ok(after.has('signed-out'));
    assert.ok((await browser.open('/auth/account')).has('sign-in'));
  });

  it('keeps session and tokens if the user chooses to stay signed in', async () => {
    const { rp, browser, accessToken, refreshToken } = await signedIn();

    const page = await browser.open(rp.logoutUrl({ client_id: rp.app.clientId }));
    const { action, fields, method } = page.form('stay');
    const stayed = await browser.open(`${action}?${String(new URLSearchParams([...fields]))}`);

    assert.equal(method, 'get');
    assert.ok(stayed.has('stayed'));
    assert.ok(stayed.html.includes('href="https://rp.example/"'));
    assert.ok(!(await browser.open('/auth/account')).has('sign-in'));
    assert.equal((await rp.tryUserinfo(accessToken)).status, 200);
    assert.equal((await rp.tryRefresh(refreshToken)).status, 200);
  });

  it('redirects a browser without a session immediately', async () => {
    const rp = await app().relyingParty(facts);
    const parameters = { client_id: rp.app.clientId, post_logout_redirect_uri: home, state: 's' };

    const page = await app().browser().open(rp.logoutUrl(parameters));

    assert.equal(page.url.href, `${home}?state=s`);
  });

  it('refuses an unregistered post_logout_redirect_uri', async () => {
    const { rp, browser, idToken } = await signedIn();
    for (const post_logout_redirect_uri of [`${home}?x=1`, `${home}/`, 'https://evil.example/']) {
      const parameters = { id_token_hint: idToken, post_logout_redirect_uri };
      const page = await browser.open(rp.logoutUrl(parameters));

      assert.equal(page.status, 400);
      assert.equal(page.left, false);
      assert.equal(page.errorCode, 'invalid_request');
      assert.match(page.text, /sent a return address that isn’t registered/);
      assert.ok(page.text.includes(post_logout_redirect_uri), page.text);
    }
    assert.ok(!(await browser.open('/auth/account')).has('sign-in'));
  });

  it('refuses an ID token with a changed payload', async () => {
    const { rp, browser, idToken } = await signedIn();
    const [head, , signature] = idToken.split('.');
    const payload = Buffer.from(JSON.stringify({ aud: rp.app.clientId, sub: 'x' }));
    const forged = [head, payload.toString('base64url'), signature].join('.');

    const page = await browser.open(rp.logoutUrl({ id_token_hint: forged }));

    assert.equal(page.status, 400);
    assert.ok(!(await browser.open('/auth/account')).has('sign-in'));
  });

  it('revokes the tokens bound to the session and keeps those with offline_access', async () => {
    const { rp, browser, idToken, refreshToken, person } = await signedIn();
    const other = await app().relyingParty();
    const lasting = await other.login(person, offline, browser);

    await browser.open(rp.logoutUrl({ id_token_hint: idToken }));

    assert.equal((await rp.tryRefresh(refreshToken)).status, 400);
    assert.equal((await other.tryRefresh(lasting.refreshToken)).status, 200);
  });

  it('includes the same sid in the ID tokens of sign-in and refresh', async () => {
    const { rp, claims, refreshToken } = await signedIn();

    const next = await rp.refresh(refreshToken);

    assert.equal(typeof claims['sid'], 'string');
    assert.equal(next.claims['sid'], claims['sid']);
  });
});

describeApp('POST /oauth2/logout from another site (RP-Initiated Logout 1.0 §2)', {}, (app) => {
  const endpoint = '/oauth2/logout';

  it('signs out and redirects to the client as a GET request does', async () => {
    const rp = await app().relyingParty(facts);
    const { browser, idToken } = await rp.login(await app().createUser());
    const parameters = { id_token_hint: idToken, post_logout_redirect_uri: home, state: 'a b' };

    const page = await browser.postFromElsewhere(endpoint, new URLSearchParams(parameters));

    assert.equal(page.url.href, `${home}?state=a+b`);
    assert.ok((await browser.open('/auth/account')).has('sign-in'));
  });

  it('signs out if the request is too large for a URL', async () => {
    const rp = await app().relyingParty(facts);
    const { browser, idToken } = await rp.login(await app().createUser());
    const parameters = { id_token_hint: idToken, logout_hint: 'x'.repeat(14 * 1024) };

    const page = await browser.postFromElsewhere(endpoint, new URLSearchParams(parameters));

    assert.ok(page.has('signed-out'), page.text);
    assert.ok((await browser.open('/auth/account')).has('sign-in'));
  });

  it('asks for confirmation without an ID token', async () => {
    const rp = await app().relyingParty(facts);
    const { browser } = await rp.login(await app().createUser());

    const page = await browser.postFromElsewhere(endpoint, '');

    assert.ok(page.has('sign-out'));
    assert.ok(!(await browser.open('/auth/account')).has('sign-in'));
  });

  it('shows errors of a posted logout request as an HTML page', async () => {
    const rp = await app().relyingParty(facts);
    const body = new URLSearchParams({
      client_id: rp.app.clientId,
      post_logout_redirect_uri: 'https://evil.example/',
    });

    const unregistered = await app().browser().postFromElsewhere(endpoint, body);
    const file = await app().browser().postFromElsewhere(endpoint, 'x', 'multipart/form-data');

    assert.deepEqual([unregistered.status, unregistered.has('error')], [400, true]);
    assert.ok(unregistered.text.includes('https://evil.example/'));
    assert.deepEqual([file.status, file.has('error')], [415, true]);
  });
});
