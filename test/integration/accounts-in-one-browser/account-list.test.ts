// Several accounts in one browser: which one `prompt=none` uses (OpenID Connect Core §3.1.2.6), and the
// list in the account area.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import {
  accountsOn,
  activeIn,
  addAccount,
  ask,
  aSharedBrowser,
  aSharedBrowserAndClient,
  liveSessions,
  pick,
  silentError,
  subOf,
  typePassword,
} from '#test/support/steps/browser-accounts.ts';

describeApp('prompt=none with several accounts', {}, (app) => {
  it('uses the active account', async () => {
    const { rp, browser, second } = await aSharedBrowserAndClient(app());
    const { page, request } = await ask(rp, browser, { prompt: 'none' });

    assert.equal(await subOf(rp, page, request), second.id);
  });

  it('returns account_selection_required if the client means another one of the browser', async () => {
    const { rp, browser, first } = await aSharedBrowserAndClient(app());
    const { idToken } = await rp.login(first);

    const error = await silentError(rp, browser, { id_token_hint: idToken });

    assert.equal(error, 'account_selection_required');
  });

  it('does not reveal by login_hint which accounts are signed in in the browser', async () => {
    const { rp, browser, first, second } = await aSharedBrowserAndClient(app());
    const parameters = { prompt: 'none', login_hint: first.email };
    const { page, request } = await ask(rp, browser, parameters);

    assert.equal(await subOf(rp, page, request), second.id);
  });

  it('returns account_selection_required if none is active', async () => {
    const { rp, browser } = await aSharedBrowserAndClient(app());
    await (await browser.open('/oauth2/logout')).press('sign-out');

    assert.equal(await silentError(rp, browser), 'account_selection_required');
  });

  it('returns login_required if the ID token hint is of a user who is not signed in here', async () => {
    const { rp, browser } = await aSharedBrowserAndClient(app());
    const { idToken } = await rp.login(await app().createUser());

    assert.equal(await silentError(rp, browser, { id_token_hint: idToken }), 'login_required');
  });
});

describeApp('the accounts of a browser in the account area', {}, (app) => {
  it('are listed and switched, each with its own session', async () => {
    const { browser, first, second } = await aSharedBrowserAndClient(app());
    const page = await browser.open('/auth/account');
    assert.ok(page.html.includes('href="/auth/accounts"'));

    const after = await pick(await browser.open('/auth/accounts'), first);

    assert.equal(after.url.pathname, '/auth/account');
    assert.equal(await activeIn(browser), first.email);
    await pick(await browser.open('/auth/accounts'), second);
    assert.equal(await activeIn(browser), second.email);
  });

  it('show an account whose session has ended as signed out, and ask for its sign-in', async () => {
    const { browser, first } = await aSharedBrowserAndClient(app());
    await app().services.blocking.endSessionsOf(first.id, { kind: 'operator' });
    const page = await browser.open('/auth/accounts');
    assert.ok(accountsOn(page).includes(`${first.email} Signed out`), page.text);

    const form = await pick(page, first);

    assert.equal(form.form('sign-in').fields.get('login'), first.email);
    await typePassword(form, first);
    assert.equal(await activeIn(browser), first.email);
  });

  it('lose an account that is removed, and its session', async () => {
    const { browser, first, second } = await aSharedBrowserAndClient(app());

    const page = await (await browser.open('/auth/accounts')).press('remove-2');

    assert.deepEqual(accountsOn(page), [`${second.email} Current`]);
    assert.equal(await liveSessions(app(), first), 0);
  });

  it('are at most the active one and five others; the least recently used one is signed out', async () => {
    const { browser, people } = await aSharedBrowser(app(), 7);

    const page = await browser.open('/auth/accounts');

    assert.equal(accountsOn(page).length, 6);
    assert.equal(await liveSessions(app(), people[0]), 0);
    assert.equal(await liveSessions(app(), people[1]), 1);
  });

  it('contain a user once, whose earlier session ends with a new sign-in', async () => {
    const { browser, first, second } = await aSharedBrowserAndClient(app());

    await addAccount(browser, first);

    const page = await browser.open('/auth/accounts');
    assert.deepEqual(accountsOn(page), [`${first.email} Current`, second.email]);
    assert.equal(await liveSessions(app(), first), 1);
  });

  it('are forgotten when the browser closes, unless the user stays signed in', async () => {
    const browser = app().browser();
    const [first, second] = [await app().createUser(), await app().createUser()];
    await addAccount(browser, first, { stay: '' });
    await addAccount(browser, second);

    assert.equal(browser.cookies.find('ostiary-accounts'), undefined);
    assert.equal(browser.cookies.find('ostiary-accounts-now')?.expiresAt, undefined);
    await pick(await browser.open('/auth/accounts'), first);
    assert.equal(browser.cookies.find('ostiary')?.expiresAt, undefined);
    assert.notEqual(browser.cookies.find('ostiary-accounts')?.expiresAt, undefined);
  });
});
