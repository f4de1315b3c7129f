// A sign-in that has been answered is over, whatever the answer was and however often it is asked
// for: its end is in the store before anything leaves.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { AppError } from '#platform/errors.ts';
import { describeOnEachArrangement, type TestApp } from '#test/app.ts';
import type { Browser, Page } from '#test/roles/cookie-browser.ts';

describeOnEachArrangement('an answered sign-in is over', (app) => {
  it('after a code: neither the form nor the way back gives another', async () => {
    const { page, rp, pending, browser, fields } = await begin(app());
    const before = browser.copy();
    rp.receive(await page.press('sign-in', fields), pending);

    seeOver(await page.press('sign-in', fields));
    seeOver(await before.open(wayBackOf(page)));
  });

  it('after a no: the app hears it once', async () => {
    const { page, browser } = await begin(app());
    const before = browser.copy();
    const told = await page.press('cancel');
    assert.equal(told.url.searchParams.get('error'), 'access_denied');

    seeOver(await page.press('cancel'));
    seeOver(await before.open(wayBackOf(page)));
  });

  it('in two tabs at once: each gets there or is told, and then it is over', async () => {
    const { page, rp, pending, person, browser, fields } = await begin(app());
    const tabs = await Promise.all([0, 1].map(async () => browser.copy().open(page.url)));

    const ends = await Promise.all(tabs.map((tab) => tab.press('sign-in', fields)));

    const [first, ...others] = ends.filter(({ left }) => left);
    assert.ok(first, 'nobody got there');
    for (const end of [first, ...others]) {
      const { claims } = await rp.exchange(rp.receive(end, pending));
      assert.equal(claims['sub'], person.id);
    }
    for (const end of ends.filter(({ left }) => !left)) seeOver(end);
    seeOver(await page.press('sign-in', fields));
  });

  it('never gives a code when its end could not be written', async (t) => {
    const { page, browser, fields } = await begin(app());
    const before = browser.copy();
    failToEnd(t, app());

    const end = await page.press('sign-in', fields);

    assert.ok(!end.left, end.url.href);
    assert.equal(end.status, 503);
    t.mock.restoreAll();
    assert.ok((await before.open(wayBackOf(page))).left, 'a second try gets there');
  });

  it('never tells the app no when its end could not be written', async (t) => {
    const { page } = await begin(app());
    failToEnd(t, app());

    const end = await page.press('cancel');

    assert.ok(!end.left, end.url.href);
    assert.equal(end.status, 503);
  });
});

async function begin(app: TestApp) {
  const rp = await app.relyingParty({ first_party: true });
  const person = await app.aPerson();
  const pending = await rp.request();
  const browser = app.browser();
  const page = await browser.open(pending.url);
  const fields = { login: person.email, password: person.password };
  return { rp, person, pending, browser, page, fields };
}

/** Where the form sends the browser when all is answered. */
function wayBackOf({ url }: Page): string {
  return `/oauth2/authorize/${url.pathname.split('/').at(-1)}`;
}

function seeOver(page: Awaited<ReturnType<Browser['open']>>): void {
  assert.ok(!page.left, page.url.href);
  assert.deepEqual([page.status, page.errorCode], [400, 'session_expired'], page.text);
}

/** The store takes everything but the trace of a finished interaction. */
function failToEnd(t: TestContext, { installation: { shortLived } }: TestApp): void {
  const { put } = shortLived;
  t.mock.method(shortLived, 'put', async (...args: Parameters<typeof put>) => {
    const [space, , value] = args;
    if (space === 'Interaction' && 'finished' in value)
      throw new AppError('store_unavailable', 'The store is away.');
    return put(...args);
  });
}
