import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/app.ts';
import { offline } from '#test/roles/outcomes.ts';

const home = 'https://rp.example/bye';
const facts = { post_logout_redirect_uris: [home], client_uri: 'https://rp.example/' };

describeApp('signing out at an app’s request (RP-Initiated Logout 1.0)', {}, (app) => {
  async function signedIn() {
    const rp = await app().relyingParty(facts);
    const person = await app().aPerson();
    return { rp, person, ...(await rp.login(person)) };
  }

  it('asks nobody when the ID token names the person and the session, and needs no script', async () => {
    const { rp, browser, idToken, accessToken } = await signedIn();
    const parameters = { id_token_hint: idToken, post_logout_redirect_uri: home, state: 'a b' };

    const page = await browser.open(rp.logoutUrl(parameters));

    assert.equal(page.url.href, `${home}?state=a+b`);
    assert.ok((await browser.open('/auth/account')).has('sign-in'));
    assert.equal((await rp.tryUserinfo(accessToken)).status, 401);
  });

  it('shows its own last page when the app names no other', async () => {
    const { rp, browser, idToken } = await signedIn();

    const page = await browser.open(rp.logoutUrl({ id_token_hint: idToken }));

    assert.ok(page.has('signed-out'));
  });

  it('asks when the ID token is of an earlier session of the same person', async () => {
    const { rp, person, idToken } = await signedIn();
    const { browser } = await rp.login(person);

    const page = await browser.open(rp.logoutUrl({ id_token_hint: idToken }));

    assert.ok(page.has('sign-out'));
    assert.ok(!(await browser.open('/auth/account')).has('sign-in'));
  });

  it('asks when the ID token is of somebody else', async () => {
    const { rp, browser } = await signedIn();
    const { idToken: foreign } = await rp.login(await app().aPerson());

    const page = await browser.open(rp.logoutUrl({ id_token_hint: foreign }));

    assert.ok(page.has('sign-out'));
  });

  it('asks when there is no ID token', async () => {
    const { rp, browser } = await signedIn();

    const page = await browser.open(rp.logoutUrl({ client_id: rp.app.clientId }));
    const after = await page.press('sign-out');

    assert.ok(after.has('signed-out'));
    assert.ok((await browser.open('/auth/account')).has('sign-in'));
  });

  it('changes nothing for somebody who chooses to stay', async () => {
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

  it('sends a browser that is not signed in straight on, without script', async () => {
    const rp = await app().relyingParty(facts);
    const parameters = { client_id: rp.app.clientId, post_logout_redirect_uri: home, state: 's' };

    const page = await app().browser().open(rp.logoutUrl(parameters));

    assert.equal(page.url.href, `${home}?state=s`);
  });

  it('goes to no address that is not registered (K40)', async () => {
    const { rp, browser, idToken } = await signedIn();
    for (const post_logout_redirect_uri of [`${home}?x=1`, `${home}/`, 'https://evil.example/']) {
      const parameters = { id_token_hint: idToken, post_logout_redirect_uri };
      const page = await browser.open(rp.logoutUrl(parameters));

      assert.equal(page.status, 400);
      assert.equal(page.left, false);
      assert.equal(page.errorCode, 'invalid_request');
      assert.match(page.text, /sent an address that it has not registered/);
      assert.ok(page.text.includes(post_logout_redirect_uri), page.text);
    }
    assert.ok(!(await browser.open('/auth/account')).has('sign-in'));
  });

  it('refuses an ID token that was changed', async () => {
    const { rp, browser, idToken } = await signedIn();
    const [head, , signature] = idToken.split('.');
    const payload = Buffer.from(JSON.stringify({ aud: rp.app.clientId, sub: 'x' }));
    const forged = [head, payload.toString('base64url'), signature].join('.');

    const page = await browser.open(rp.logoutUrl({ id_token_hint: forged }));

    assert.equal(page.status, 400);
    assert.ok(!(await browser.open('/auth/account')).has('sign-in'));
  });

  it('ends what stands on the session, and leaves what was granted beyond it', async () => {
    const { rp, browser, idToken, refreshToken, person } = await signedIn();
    const other = await app().relyingParty();
    const lasting = await other.login(person, offline, browser);

    await browser.open(rp.logoutUrl({ id_token_hint: idToken }));

    assert.equal((await rp.tryRefresh(refreshToken)).status, 400);
    assert.equal((await other.tryRefresh(lasting.refreshToken)).status, 200);
  });

  it('puts the session into every ID token', async () => {
    const { rp, claims, refreshToken } = await signedIn();

    const next = await rp.refresh(refreshToken);

    assert.equal(typeof claims['sid'], 'string');
    assert.equal(next.claims['sid'], claims['sid']);
  });
});

describeApp('a logout request that is posted from another site (section 2)', {}, (app) => {
  const endpoint = '/oauth2/logout';

  it('signs out and returns to the client, as the GET does', async () => {
    const rp = await app().relyingParty(facts);
    const { browser, idToken } = await rp.login(await app().aPerson());
    const parameters = { id_token_hint: idToken, post_logout_redirect_uri: home, state: 'a b' };

    const page = await browser.postFromElsewhere(endpoint, new URLSearchParams(parameters));

    assert.equal(page.url.href, `${home}?state=a+b`);
    assert.ok((await browser.open('/auth/account')).has('sign-in'));
  });

  it('works when it is too large for an address', async () => {
    const rp = await app().relyingParty(facts);
    const { browser, idToken } = await rp.login(await app().aPerson());
    const parameters = { id_token_hint: idToken, logout_hint: 'x'.repeat(14 * 1024) };

    const page = await browser.postFromElsewhere(endpoint, new URLSearchParams(parameters));

    assert.ok(page.has('signed-out'), page.text);
    assert.ok((await browser.open('/auth/account')).has('sign-in'));
  });

  it('asks first when nothing vouches for it, and signs nobody out by itself', async () => {
    const rp = await app().relyingParty(facts);
    const { browser } = await rp.login(await app().aPerson());

    const page = await browser.postFromElsewhere(endpoint, '');

    assert.ok(page.has('sign-out'));
    assert.ok(!(await browser.open('/auth/account')).has('sign-in'));
  });

  it('shows errors as a page', async () => {
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
