// Attacks against several accounts in one browser, and races between its tabs and nodes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, startTestApp, type TestApp } from '#test/support/app.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import {
  accountsOn,
  activeIn,
  addAccount,
  aSharedBrowser,
  pick,
  typePassword,
} from '#test/support/steps/browser-accounts.ts';

const operator = { kind: 'operator' } as const;

async function meet(app: TestApp) {
  const { browser, people } = await aSharedBrowser(app);
  const [first, second] = people;
  assert.ok(first && second);
  return { browser, first, second };
}

describeApp('consent in a browser with several accounts', {}, (app) => {
  it('is not given for an account that another tab made active meanwhile', async () => {
    const { browser, first, second } = await meet(app());
    const rp = await app().relyingParty();
    const consent = await browser.open((await rp.request()).url);
    assert.ok(consent.has('allow') && consent.text.includes(second.email));
    await pick(await browser.open('/auth/accounts'), first);

    const page = await consent.press('allow');

    assert.equal(page.left, false);
    assert.equal(page.status, 400);
    assert.equal(await activeIn(browser), first.email);
  });

  it('is asked again after the user switched from the consent page to another account', async () => {
    const { browser, first, second } = await meet(app());
    const rp = await app().relyingParty();
    const request = await rp.request();
    const consent = await browser.open(request.url);
    assert.ok(consent.text.includes(second.email));

    const own = await pick(await consent.press('switch'), first);

    assert.ok(own.has('allow') && own.text.includes(first.email), own.text);
    const back = await own.press('allow');
    const { claims } = await rp.exchange(rp.receive(back, request));
    assert.equal(claims['sub'], first.id);
  });

  it('cannot be submitted while an account has to be chosen', async () => {
    const { browser, first } = await meet(app());
    const rp = await app().relyingParty();
    const chooser = await browser.open((await rp.request({ prompt: 'select_account' })).url);
    const action = `${chooser.url.href.replace(/\/account$/, '')}/consent`;
    const token = chooser.form('account-1').fields.get('form_token') ?? '';
    await post(app(), browser, action, { form_token: token, decision: 'allow' });

    const page = await pick(await browser.open(chooser.url), first);

    assert.ok(page.has('allow'), page.text);
  });

  it('of a user who signed in during the request does not pass to the chosen account', async () => {
    const { browser, first } = await meet(app());
    const third = await app().createUser();
    const rp = await app().relyingParty();
    const chooser = await browser.open((await rp.request({ prompt: 'select_account' })).url);
    const form = await browser.open(chooser.url.href.replace(/account$/, 'sign-in'));
    const consent = await typePassword(form, third);
    assert.ok(consent.has('allow') && consent.text.includes(third.email), consent.text);

    const page = await pick(await consent.press('switch'), first);

    assert.ok(page.has('allow') && page.text.includes(first.email), page.text);
  });
});

describeApp('a parked session', {}, (app) => {
  it('cannot be activated once it was revoked, whenever the page was opened', async () => {
    for (const revoke of [
      (id: string) => app().services.blocking.endSessionsOf(id, operator),
      (id: string) => app().services.blocking.blockUser({ userId: id, reason: '', by: operator }),
    ]) {
      const { browser, first, second } = await meet(app());
      const page = await browser.open('/auth/accounts');
      await revoke(first.id);

      const after = await pick(page, first);

      assert.equal(after.status, 409);
      assert.ok(after.text.includes('no longer signed in'));
      assert.equal(await activeIn(browser), second.email);
    }
  });

  it('is useless in another browser, which shows no account either', async () => {
    const { browser, first } = await meet(app());
    const other = app().browser();
    await addAccount(other, await app().createUser());
    plant(browser, other, 'ostiary-accounts');

    const page = await other.open('/auth/accounts');
    assert.ok(accountsOn(page).includes(`${first.email} Signed out`), page.text);
    const session = await app().services.sessionList.list(first.id, { after: undefined, limit: 1 });
    const uid = session.items[0]?.uid ?? '';
    const token = page.form('account-1').fields.get('form_token') ?? '';
    const answer = await post(app(), other, '/auth/accounts', { form_token: token, account: uid });

    assert.equal(answer.status, 409);
  });

  it('cannot be forged', async () => {
    const { browser } = await meet(app());
    const value = browser.cookies.find('ostiary-accounts')?.value ?? '';
    const forged = `${value.slice(0, -2)}${value.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const text of [forged, 'v1.test.AAAA', '[["a","b","c","d","e"]]', 'x'.repeat(3000)]) {
      browser.cookies.plant('ostiary-accounts', text);
      assert.equal(accountsOn(await browser.open('/auth/accounts')).length, 1, text);
    }
  });

  it('has a new cookie value after it was activated, so copies of the old one are useless', async () => {
    const { browser, first, second } = await meet(app());
    const thief = browser.copy();
    await pick(await browser.open('/auth/accounts'), first);

    const after = await pick(await thief.open('/auth/accounts'), first);

    assert.ok(after.has('sign-in'), after.text);
    assert.equal(await activeIn(browser), first.email);
    assert.notEqual(await activeIn(thief), first.email);
    assert.ok(second);
  });

  it('is activated and removed only by forms of our own pages', async () => {
    const { browser, first, second } = await meet(app());
    const page = await browser.open('/auth/accounts');
    const account = page.form('account-2').fields.get('account') ?? '';

    for (const path of ['/auth/accounts', '/auth/accounts/remove', '/auth/accounts/sign-out']) {
      const { status } = await post(app(), browser, path, { account });
      assert.equal(status, 403, path);
    }
    assert.equal(await activeIn(browser), second.email);
    await pick(await browser.open('/auth/accounts'), first);
    assert.equal(await activeIn(browser), first.email);
  });

  it('does not end when another user signs in, and its cookie is unreadable for scripts', async () => {
    const { browser } = await meet(app());
    const cookie = browser.cookies.find('ostiary-accounts');

    assert.equal(cookie?.httpOnly, true);
    assert.equal(cookie.sameSite, 'lax');
    assert.ok(cookie.value.length < 1500);
    assert.ok(!cookie.value.includes('@'));
  });
});

describeApp('two nodes', { arrangement: 'postgres, redis' }, (app) => {
  it('activate a parked session only once when two tabs choose it at the same time', async (t) => {
    const { databaseUrl, redisUrl } = app().services.config;
    const settings = { DATABASE_URL: databaseUrl ?? '', REDIS_URL: redisUrl ?? '' };
    const other = await startTestApp(t, { settings: { ...settings, ISSUER: app().issuer } });
    const { browser, first } = await meet(app());
    const page = await browser.open('/auth/accounts');
    const elsewhere = await browser.copy().through(other.send).open('/auth/accounts');

    const answers = await Promise.all([pick(page, first), pick(elsewhere, first)]);

    const paths = answers.map(({ url, status }) => `${url.pathname} ${status}`);
    assert.deepEqual(paths.toSorted(), ['/auth/account 200', '/auth/accounts 409']);
  });

  it('refuse a parked session on one node as soon as the other has ended it', async (t) => {
    const { databaseUrl, redisUrl } = app().services.config;
    const settings = { DATABASE_URL: databaseUrl ?? '', REDIS_URL: redisUrl ?? '' };
    const other = await startTestApp(t, { settings: { ...settings, ISSUER: app().issuer } });
    const { browser, first } = await meet(app());
    const page = await browser.open('/auth/accounts');

    await other.services.blocking.endSessionsOf(first.id, operator);

    assert.equal((await pick(page, first)).status, 409);
  });
});

/** Copies a cookie to another browser, as an attacker with access to both might. */
function plant(from: Browser, to: Browser, name: string): void {
  to.cookies.plant(name, from.cookies.find(name)?.value ?? '');
}

async function post(app: TestApp, browser: Browser, path: string, fields: Record<string, string>) {
  const url = new URL(path, app.issuer);
  return app.send(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      cookie: browser.cookies.header(url),
    },
    body: String(new URLSearchParams(fields)),
  });
}
