// Logos of identity providers on the sign-in page and on the page of linked accounts.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createEmptyDirectory } from '#test/support/cli/shell.ts';
import { signInOwn } from '#test/support/steps/passkeys.ts';
import { startAppWithProviders } from '#test/support/steps/federation.ts';

const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1H0z"/></svg>';

describe('the logo of an identity provider', () => {
  it('is a shipped mark, or a neutral symbol', async (t) => {
    const { app } = await startAppWithProviders(t, {
      standIns: [{}, { id: 'other' }],
      setting: { logo: 'google' },
    });

    const { html } = await app.browser().open('/auth/sign-in');

    assert.match(html, /id="with-google"[^]*?providers\.svg\?v=[\w-]+#google"/);
    assert.match(html, /id="with-other"[^]*?providers\.svg\?v=[\w-]+#other"/);
  });

  it('is a file of the operator, served from the origin of the issuer', async (t) => {
    const path = join(await createEmptyDirectory(t), 'logo.svg');
    await writeFile(path, svg);
    const { app } = await startAppWithProviders(t, { setting: { logo: path } });

    const { html } = await app.browser().open('/auth/sign-in');
    const [, src = ''] = /<img class="logo" src="([^"]+)"/.exec(html) ?? [];
    const served = await app.send(new URL(src, app.issuer), {});

    assert.match(src, /^\/auth\/assets\/providers\/google\.svg\?v=/);
    assert.equal(await served.text(), svg);
    assert.match(served.headers.get('content-type') ?? '', /^image\/svg\+xml/);
    // A script in the file does not run, even if the file is opened as a page.
    assert.match(
      served.headers.get('content-security-policy') ?? '',
      /script-src 'self'|default-src 'none'/,
    );
  });

  it('is on the page of linked accounts, after the password', async (t) => {
    const { app } = await startAppWithProviders(t, { setting: { logo: 'google' } });
    const person = await app.createUser();
    const browser = app.browser();
    await signInOwn(browser, person);

    const locked = await browser.open('/auth/account/linked');
    const page = await locked.press('confirm', { password: person.password });

    assert.ok(locked.has('confirm') && !locked.has('link-google'), locked.text);
    assert.match(page.text, /Accounts you can link Link Google/);
    assert.match(page.html, /#google"\/><\/svg>/);
  });
});
