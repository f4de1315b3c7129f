// An authorization request is answered once, with a code or an error: the interaction is marked as
// finished in the store before the response is sent.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { AppError } from '#platform/errors.ts';
import { describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';

describeOnEachArrangement('an answered authorization request', (app) => {
  it('issues no second code when the form or the resume URL is used again', async () => {
    const { page, rp, pending, browser, fields } = await begin(app());
    const before = browser.copy();
    rp.receive(await page.press('sign-in', fields), pending);

    assertExpired(await page.press('sign-in', fields));
    assertExpired(await before.open(resumeUrlOf(page)));
  });

  it('returns access_denied to the client only once', async () => {
    const { page, browser } = await begin(app());
    const before = browser.copy();
    const denied = await page.press('cancel');
    assert.equal(denied.url.searchParams.get('error'), 'access_denied');

    assertExpired(await page.press('cancel'));
    assertExpired(await before.open(resumeUrlOf(page)));
  });

  it('succeeds in at least one of two concurrent tabs and expires afterwards', async () => {
    const { page, rp, pending, person, browser, fields } = await begin(app());
    const tabs = await Promise.all([0, 1].map(async () => browser.copy().open(page.url)));

    const pages = await Promise.all(tabs.map((tab) => tab.press('sign-in', fields)));

    const [first, ...others] = pages.filter(({ left }) => left);
    assert.ok(first, 'neither tab was redirected to the client');
    for (const end of [first, ...others]) {
      const { claims } = await rp.exchange(rp.receive(end, pending));
      assert.equal(claims['sub'], person.id);
    }
    for (const end of pages.filter(({ left }) => !left)) assertExpired(end);
    assertExpired(await page.press('sign-in', fields));
  });

  it('issues no code if the interaction cannot be marked as finished', async (t) => {
    const { page, browser, fields } = await begin(app());
    const before = browser.copy();
    failToFinish(t, app());

    const end = await page.press('sign-in', fields);

    assert.ok(!end.left, end.url.href);
    assert.equal(end.status, 503);
    t.mock.restoreAll();
    assert.ok((await before.open(resumeUrlOf(page))).left, 'a second attempt succeeds');
  });

  it('returns no error response if the interaction cannot be marked as finished', async (t) => {
    const { page } = await begin(app());
    failToFinish(t, app());

    const end = await page.press('cancel');

    assert.ok(!end.left, end.url.href);
    assert.equal(end.status, 503);
  });
});

async function begin(app: TestApp) {
  const rp = await app.relyingParty({ first_party: true });
  const person = await app.createUser();
  const pending = await rp.request();
  const browser = app.browser();
  const page = await browser.open(pending.url);
  const fields = { login: person.email, password: person.password };
  return { rp, person, pending, browser, page, fields };
}

/** The URL at which oidc-provider resumes the authorization request. */
function resumeUrlOf({ url }: Page): string {
  return `/oauth2/authorize/${url.pathname.split('/').at(-1)}`;
}

function assertExpired(page: Awaited<ReturnType<Browser['open']>>): void {
  assert.ok(!page.left, page.url.href);
  assert.deepEqual([page.status, page.errorCode], [400, 'session_expired'], page.text);
}

/** Makes the store refuse to save a finished interaction. */
function failToFinish(t: TestContext, { services: { shortLived } }: TestApp): void {
  const { put } = shortLived;
  t.mock.method(shortLived, 'put', async (...args: Parameters<typeof put>) => {
    const [space, , value] = args;
    if (space === 'Interaction' && 'finished' in value)
      throw new AppError('store_unavailable', 'The store is unavailable.');
    return put(...args);
  });
}
