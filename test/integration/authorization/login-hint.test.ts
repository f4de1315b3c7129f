// The parameters login_hint and ui_locales, with which a client presets the sign-in page.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';

describeApp('login_hint (OIDC Core §3.1.2.1)', {}, (app) => {
  it('presets the sign-in field with HTML escaped', async () => {
    const rp = await app().relyingParty();

    for (const login_hint of ['ann@example.com', '"><svg onload=alert(1)>', '<%= 7*7 %>{{7*7}}']) {
      const { url } = await rp.request({ login_hint });
      const page = await app().browser().open(url);
      assert.equal(page.form('sign-in').fields.get('login'), login_hint);
      assert.doesNotMatch(page.html, /<svg onload/);
    }
  });

  it('does not replace an email address that the user entered', async () => {
    const rp = await app().relyingParty();
    const { url } = await rp.request({ login_hint: 'ann@example.com' });
    const page = await app().browser().open(url);

    const again = await page.press('sign-in', { login: 'bob@example.com', password: 'wrong' });

    assert.equal(again.form('sign-in').fields.get('login'), 'bob@example.com');
  });
});

describeApp('ui_locales (OIDC Core §3.1.2.1)', {}, (app) => {
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
    it(`shows ${expected} for ${ui_locales} and Accept-Language ${accepted}`, async () => {
      const rp = await app().relyingParty();
      const { url } = await rp.request({ ui_locales });

      const page = await app().browser().open(url, { 'accept-language': accepted });

      assert.equal(page.language, expected);
      assert.equal(page.heading, expected === 'de' ? 'Anmelden' : 'Sign in');
      assert.doesNotMatch(page.html, /<svg onload/);
    });
  }

  it('selects the language of all pages of the authorization request', async () => {
    const rp = await app().relyingParty();
    const { email: login, password } = await app().createUser();
    const { url } = await rp.request({ ui_locales: 'de' });
    const page = await app().browser().open(url);

    const problem = await page.press('sign-in', { login, password: 'wrong' });
    const consent = await problem.press('sign-in', { login, password });

    assert.deepEqual([problem.language, consent.language], ['de', 'de']);
  });
});
