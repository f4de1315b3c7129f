// The language of the pages: the switcher in the footer, and its precedence over the language that a
// client or a browser asks for.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';

describeApp('the language switcher', {}, (app) => {
  it('is on every page, returns to it and is remembered in the browser', async () => {
    const browser = app().browser();
    const page = await browser.open('/auth/sign-in?notice=verified');

    const german = await page.press('language-de');

    assert.equal(german.url.pathname + german.url.search, '/auth/sign-in?notice=verified');
    assert.equal(german.language, 'de');
    assert.equal(
      (await browser.open('/auth/register', { 'accept-language': 'fr' })).language,
      'de',
    );
    assert.equal((await browser.open('/')).language, 'de');
    const missing = await browser.open('/auth/nothing-here');
    assert.deepEqual([missing.status, missing.language], [404, 'de']);
    assert.ok(missing.has('language-ja'));
  });

  it('leads from the answer to a form to the page of the form', async () => {
    const page = await app().browser().open('/auth/sign-in');
    const refused = await page.press('sign-in', { login: 'x@example.org', password: 'wrong' });

    const french = await refused.press('language-fr');

    assert.deepEqual([french.url.pathname, french.language], ['/auth/sign-in', 'fr']);
  });

  it('overrides ui_locales on the pages of the request on which it is used', async () => {
    const rp = await app().relyingParty();
    const browser = app().browser();
    const asked = { ui_locales: 'fr' };
    const page = await browser.open((await rp.request(asked)).url);
    assert.equal(page.language, 'fr');

    const italian = await page.press('language-it');

    assert.deepEqual([italian.url.pathname, italian.language], [page.url.pathname, 'it']);
    const another = await browser.open((await rp.request(asked)).url);
    assert.equal(another.language, 'fr', 'the next request asks for its own language');
    assert.equal((await browser.open('/auth/sign-in?ui_locales=de')).language, 'de');
    assert.equal((await browser.open('/auth/sign-in')).language, 'it');
    const there = await browser.open('/auth/sign-in?ui_locales=de');
    const switched = await there.press('language-es');
    assert.deepEqual([switched.url.search, switched.language], ['', 'es']);
  });

  for (const back of ['https://evil.example/', '//evil.example', '/\\evil.example', '', '/.//x']) {
    it(`stays on this site for the target ${JSON.stringify(back)}`, async () => {
      const answer = await app().send(new URL('/auth/language', app().issuer), {
        method: 'POST',
        headers: { origin: app().issuer },
        body: new URLSearchParams({ language: 'de', back }),
      });

      assert.equal(answer.status, 303);
      assert.equal(answer.headers.get('location'), '/');
    });
  }

  it('refuses other sites and unknown languages', async () => {
    const post = (headers: Record<string, string>, language: string) =>
      app().send(new URL('/auth/language', app().issuer), {
        method: 'POST',
        headers,
        body: new URLSearchParams({ language, back: '/' }),
      });

    assert.equal((await post({ origin: 'https://evil.example' }, 'de')).status, 403);
    assert.equal((await post({ 'sec-fetch-site': 'cross-site' }, 'de')).status, 403);
    assert.equal((await post({ origin: app().issuer }, 'xx')).status, 400);
  });
});

const path = '/id';

describeApp(
  'the language switcher below a path',
  { settings: { ISSUER: `http://localhost:3000${path}` } },
  (app) => {
    it('keeps the query of a page', async () => {
      const page = await app().browser().open(`${app().issuer}/auth/sign-in?problem=passkey`);

      const polish = await page.press('language-pl');

      assert.equal(polish.url.pathname, `${path}/auth/sign-in`);
      assert.deepEqual([polish.url.search, polish.language], ['?problem=passkey', 'pl']);
    });
  },
);
