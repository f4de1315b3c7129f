// Several accounts in one browser: the chooser for clients (OpenID Connect Core §3.1.2.1,
// `prompt=select_account`).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import { aSigningClient, claimsOf, short } from '#test/support/steps/request-objects.ts';
import {
  accountsOn,
  activeIn,
  addAccount,
  ask,
  aSharedBrowserAndClient,
  pick,
  subOf,
  typePassword,
} from '#test/support/steps/browser-accounts.ts';

describeOnEachArrangement('prompt=select_account', (app) => {
  it('is announced in discovery', async () => {
    const answer = await app().send(`${app().issuer}/.well-known/openid-configuration`);
    const { prompt_values_supported: values } = Object(await answer.json());

    assert.deepEqual(values, ['none', 'login', 'consent', 'select_account']);
  });

  it('lets the user choose an account that is signed in, without a password', async () => {
    const { rp, browser, first, second } = await aSharedBrowserAndClient(app());
    const { page, request } = await ask(rp, browser, { prompt: 'select_account' });
    assert.deepEqual(accountsOn(page), [`${second.email} Current`, first.email]);

    const back = await pick(page, first);

    assert.equal(await subOf(rp, back, request), first.id);
    assert.equal(await activeIn(browser), first.email);
  });

  it('lets the user stay with the active account', async () => {
    const { rp, browser, second } = await aSharedBrowserAndClient(app());
    const { page, request } = await ask(rp, browser, { prompt: 'select_account' });

    assert.equal(await subOf(rp, await pick(page, second), request), second.id);
  });

  it('lets the user sign in with another account and keeps the others', async () => {
    const { rp, browser, first, second } = await aSharedBrowserAndClient(app());
    const third = await app().createUser();
    const { request } = await ask(rp, browser, { prompt: 'select_account' });
    const chooser = await browser.open(request.url);
    const form = await browser.open(
      `${chooser.url.href.replace(/account$/, 'sign-in')}?account=other`,
    );
    assert.equal(form.form('sign-in').fields.get('login'), '');

    const back = await typePassword(form, third);

    assert.equal(back.left, true, back.text);
    const page = await browser.open('/auth/accounts');
    assert.deepEqual(accountsOn(page), [`${third.email} Current`, second.email, first.email]);
  });

  it('shows the sign-in page in a browser without accounts', async () => {
    const rp = await app().relyingParty({ first_party: true });
    const person = await app().createUser();
    const { page, request } = await ask(rp, app().browser(), { prompt: 'select_account' });

    assert.ok(page.has('sign-in'));
    assert.equal(await subOf(rp, await typePassword(page, person), request), person.id);
  });

  it('works by a pushed authorization request', async () => {
    const { rp, browser, first } = await aSharedBrowserAndClient(app());
    const request = await rp.request({ prompt: 'select_account' });
    const { body } = await rp.push(request.url.searchParams);
    const url = new URL(request.url);
    const reference = { client_id: rp.app.clientId, request_uri: String(body['request_uri']) };
    url.search = String(new URLSearchParams(reference));

    const page = await browser.open(url);

    assert.equal(await subOf(rp, await pick(page, first), request), first.id);
  });

  it('works by a signed request object', async () => {
    const { browser, first } = await aSharedBrowserAndClient(app());
    const { rp, sign } = await aSigningClient(app(), { first_party: true });
    const request = await rp.request({ prompt: 'select_account' });

    const page = await browser.open(short(rp, await sign(claimsOf(rp, request))));

    assert.equal(await subOf(rp, await pick(page, first), request), first.id);
  });
});

describeApp('the choice of an account for a client', {}, (app) => {
  it('is combined with consent, which the chosen user gives', async () => {
    const { browser, first, second } = await aSharedBrowserAndClient(app());
    const rp = await app().relyingParty();
    await rp.login(second, {}, browser);
    const { page, request } = await ask(rp, browser, { prompt: 'select_account consent' });

    const consent = await pick(page, first);

    assert.ok(consent.has('allow') && consent.text.includes(first.email), consent.text);
    assert.equal(await subOf(rp, await consent.press('allow'), request), first.id);
  });

  it('asks the chosen account for a new sign-in with prompt=login', async () => {
    const { rp, browser, first } = await aSharedBrowserAndClient(app());
    const { page, request } = await ask(rp, browser, { prompt: 'select_account login' });

    const form = await pick(page, first);

    assert.ok(form.has('sign-in') && form.text.includes(first.email), form.text);
    assert.equal(await subOf(rp, await typePassword(form, first), request), first.id);
  });

  it('asks the chosen account for a new sign-in if its sign-in is older than max_age', async (t) => {
    const clock = holdClock(t);
    const browser = app().browser();
    const [first, second] = [await app().createUser(), await app().createUser()];
    await addAccount(browser, first);
    clock.advance(100);
    await addAccount(browser, second);
    const rp = await app().relyingParty({ first_party: true });
    const { page } = await ask(rp, browser, { prompt: 'select_account', max_age: '60' });

    assert.ok((await pick(page, first)).has('sign-in'));
  });

  it('is required by a login_hint of an account that is not active, which is listed first', async () => {
    const { rp, browser, first, second } = await aSharedBrowserAndClient(app());

    const { page } = await ask(rp, browser, { login_hint: first.email.toUpperCase() });

    assert.deepEqual(accountsOn(page), [first.email, `${second.email} Current`]);
  });

  it('is not required by a login_hint of the active account or of an unknown one', async () => {
    const { rp, browser, second } = await aSharedBrowserAndClient(app());

    for (const hint of [second.email, 'unknown@example.org']) {
      const { page, request } = await ask(rp, browser, { login_hint: hint });
      assert.equal(await subOf(rp, page, request), second.id);
    }
  });

  it('is required by an ID token hint of an account that is not active, and must match it', async () => {
    const { browser, first, second } = await aSharedBrowserAndClient(app());
    const rp = await app().relyingParty({ first_party: true });
    const elsewhere = await rp.login(first);
    const hint = { id_token_hint: elsewhere.idToken };

    const right = await ask(rp, browser, hint);
    assert.equal(await subOf(rp, await pick(right.page, first), right.request), first.id);

    await pick(await browser.open('/auth/accounts'), second);
    const wrong = await ask(rp, browser, hint);
    const back = await pick(wrong.page, second);
    assert.equal(back.url.searchParams.get('error'), 'login_required');
  });

  it('is required if no account is active but others are signed in', async () => {
    const { rp, browser, first, second } = await aSharedBrowserAndClient(app());
    await (await browser.open('/oauth2/logout')).press('sign-out');

    const { page, request } = await ask(rp, browser);

    assert.deepEqual(accountsOn(page), [first.email]);
    assert.equal(page.text.includes(second.email), false);
    assert.equal(await subOf(rp, await pick(page, first), request), first.id);
  });
});
