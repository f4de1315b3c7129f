// What an app may suggest to the sign-in page: who it is for, and in which language.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/app.ts';

describeApp('login_hint fills in the address (OIDC Core §3.1.2.1)', {}, (app) => {
  it('stands in the field, as text', async () => {
    const rp = await app().relyingParty();

    for (const login_hint of ['ann@example.com', '"><svg onload=alert(1)>', '<%= 7*7 %>{{7*7}}']) {
      const { url } = await rp.request({ login_hint });
      const page = await app().browser().open(url);
      assert.equal(page.form('sign-in').fields.get('login'), login_hint);
      assert.doesNotMatch(page.html, /<svg onload/);
    }
  });

  it('does not come back in the field after another address was typed', async () => {
    const rp = await app().relyingParty();
    const { url } = await rp.request({ login_hint: 'ann@example.com' });
    const page = await app().browser().open(url);

    const again = await page.press('sign-in', { login: 'bob@example.com', password: 'wrong' });

    assert.equal(again.form('sign-in').fields.get('login'), 'bob@example.com');
  });
});

describeApp('ui_locales choose the language (OIDC Core §3.1.2.1)', {}, (app) => {
  const languages: readonly (readonly [string | undefined, string, string])[] = [
    ['de', 'en', 'de'],
    ['de-CH', 'en', 'de'],
    ['sv de en', 'en', 'de'],
    ['en', 'de', 'en'],
    ['sv', 'de', 'de'],
    [undefined, 'de-AT,de;q=0.9', 'de'],
    [undefined, 'sv', 'en'],
    ['"><svg onload=alert(1)>', 'de', 'de'],
  ];

  for (const [ui_locales, accepted, expected] of languages) {
    it(`shows ${expected} for ui_locales=${ui_locales} and Accept-Language: ${accepted}`, async () => {
      const rp = await app().relyingParty();
      const { url } = await rp.request({ ui_locales });

      const page = await app().browser().open(url, { 'accept-language': accepted });

      assert.equal(page.language, expected);
      assert.equal(page.heading, expected === 'de' ? 'Anmelden' : 'Sign in');
      assert.doesNotMatch(page.html, /<svg onload/);
    });
  }

  it('hold for all pages of the sign-in', async () => {
    const rp = await app().relyingParty();
    const { email: login, password } = await app().aPerson();
    const { url } = await rp.request({ ui_locales: 'de' });
    const page = await app().browser().open(url);

    const problem = await page.press('sign-in', { login, password: 'wrong' });
    const consent = await problem.press('sign-in', { login, password });

    assert.deepEqual([problem.language, consent.language], ['de', 'de']);
  });
});
