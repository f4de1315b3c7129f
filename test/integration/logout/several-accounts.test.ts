// Sign-out in a browser with several accounts (OpenID Connect RP-Initiated Logout 1.0): a client ends
// the session that it means and no other, and only its clients are notified.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { startLogoutSink } from '#test/support/steps/logout-endpoint.ts';
import {
  accountsOn,
  activeIn,
  addAccount,
  aSharedBrowser,
  pick,
} from '#test/support/steps/browser-accounts.ts';

const settings = { OUTBOUND_ALLOW: '127.0.0.0/8' };
const home = 'https://rp.example/bye';

/** Two users, each signed in to a client of their own; the second one is active. */
async function meet(t: CleanUp, app: TestApp) {
  const { browser, people } = await aSharedBrowser(app);
  const [first, second] = people;
  assert.ok(first && second);
  const [theirs, ours] = [await startLogoutSink(t), await startLogoutSink(t)];
  const facts = { first_party: true, post_logout_redirect_uris: [home] };
  const other = await app.relyingParty({ ...facts, backchannel_logout_uri: theirs.uri });
  const own = await app.relyingParty({ ...facts, backchannel_logout_uri: ours.uri });
  await pick(await browser.open('/auth/accounts'), first);
  const { idToken } = await other.login(first, {}, browser);
  await pick(await browser.open('/auth/accounts'), second);
  const { idToken: ownToken } = await own.login(second, {}, browser);
  return { browser, first, second, other, own, idToken, ownToken, theirs, ours };
}

describeApp('sign-out with several accounts', { settings }, (app) => {
  it('ends the parked session that the ID token hint means, and redirects', async (t) => {
    const { browser, second, other, idToken, theirs, ours } = await meet(t, app());
    const parameters = { id_token_hint: idToken, post_logout_redirect_uri: home, state: '1' };

    const page = await browser.open(other.logoutUrl(parameters));
    await app().services.outboxWorker.deliverDue();

    assert.equal(page.url.href, `${home}?state=1`);
    assert.equal(await activeIn(browser), second.email);
    assert.deepEqual(accountsOn(await browser.open('/auth/accounts')), [`${second.email} Current`]);
    assert.deepEqual([theirs.tokens.length, ours.tokens.length], [1, 0]);
  });

  it('ends the hinted parked session also if no account is active', async (t) => {
    const { browser, other, own, idToken, ownToken } = await meet(t, app());
    await browser.open(own.logoutUrl({ id_token_hint: ownToken }));

    await browser.open(other.logoutUrl({ id_token_hint: idToken }));

    assert.ok((await browser.open('/auth/accounts')).has('sign-in'));
  });

  it('ends the active session alone if the hint means it', async (t) => {
    const { browser, first, own, ownToken, theirs, ours } = await meet(t, app());

    await browser.open(own.logoutUrl({ id_token_hint: ownToken }));
    await app().services.outboxWorker.deliverDue();

    assert.deepEqual([theirs.tokens.length, ours.tokens.length], [0, 1]);
    const page = await browser.open('/auth/sign-in');
    assert.deepEqual(accountsOn(page), [first.email]);
  });

  it('names the account and asks if the hint is of a session that is not in this browser', async (t) => {
    const { browser, second, other } = await meet(t, app());
    const { idToken } = await other.login(await app().createUser());

    const page = await browser.open(other.logoutUrl({ id_token_hint: idToken }));

    assert.ok(page.has('sign-out') && page.text.includes(second.email), page.text);
    assert.equal(await activeIn(browser), second.email);
  });

  it('ends every session of the browser on request, and no other of its users', async (t) => {
    const { browser, first, theirs, ours } = await meet(t, app());
    const elsewhere = app().browser();
    await addAccount(elsewhere, first);

    const page = await (await browser.open('/oauth2/logout')).press('sign-out-all');
    await app().services.outboxWorker.deliverDue();

    assert.ok(page.has('signed-out'));
    assert.ok((await browser.open('/auth/accounts')).has('sign-in'));
    assert.equal(browser.cookies.find('ostiary-accounts'), undefined);
    assert.deepEqual([theirs.tokens.length, ours.tokens.length], [1, 1]);
    assert.equal(await activeIn(elsewhere), first.email);
  });

  it('ends every session from the page with the accounts as well', async (t) => {
    const { browser, theirs, ours } = await meet(t, app());

    await (await browser.open('/auth/accounts')).press('sign-out-all');
    await app().services.outboxWorker.deliverDue();

    assert.ok((await browser.open('/auth/account')).has('sign-in'));
    assert.deepEqual([theirs.tokens.length, ours.tokens.length], [1, 1]);
  });
});
