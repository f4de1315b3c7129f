// The name of a new passkey: that of its provider, or else of browser and system.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createAuthenticator } from '#test/support/actors/authenticator.ts';
import { createBrowser } from '#test/support/actors/cookie-browser.ts';
import type { Send } from '#test/support/actors/http-client.ts';
import { describeApp } from '#test/support/app.ts';
import { addPasskey, openFresh, signInOwn } from '#test/support/steps/passkeys.ts';

const onePassword = 'bada5566-a7aa-401f-bd96-45619a55120d';
const unlisted = '12345678-1234-4234-8234-123456789012';
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

describeApp('the name of a new passkey', {}, (app) => {
  it('is that of the provider, with a number if the name is already used', async () => {
    const person = await app().createUser();
    const browser = app().browser();
    await signInOwn(browser, person);
    for (const aaguid of [onePassword, onePassword.toUpperCase()]) {
      const device = createAuthenticator({ issuer: app().issuer, aaguid });
      await addPasskey(app(), browser, await openFresh(browser, person), device);
    }

    const names = (await app().services.passkeys.list(person.id)).map(({ name }) => name);

    assert.deepEqual(names.toSorted(), ['1Password', '1Password 2']);
  });

  it('is that of browser and system if the provider is unknown or hidden', async () => {
    const person = await app().createUser();
    const send: Send = (url, request = {}) =>
      app().send(url, { ...request, headers: { ...request.headers, 'user-agent': firefox } });
    const browser = createBrowser(send, app().issuer);
    await signInOwn(browser, person);
    for (const facts of [{}, { aaguid: unlisted }]) {
      const device = createAuthenticator({ issuer: app().issuer, ...facts });
      await addPasskey(app(), browser, await openFresh(browser, person), device);
    }

    const names = (await app().services.passkeys.list(person.id)).map(({ name }) => name);

    assert.deepEqual(names.toSorted(), ['Firefox, Linux', 'Firefox, Linux 2']);
  });

  it('asks for confirmation before a passkey is removed, in a form that works without script', async () => {
    const person = await app().createUser();
    const browser = app().browser();
    await signInOwn(browser, person);
    const device = createAuthenticator({ issuer: app().issuer, aaguid: onePassword });

    const page = await addPasskey(app(), browser, await openFresh(browser, person), device);

    const question = 'Remove “1Password”? You will no longer be able to sign in with it.';
    assert.ok(page.text.includes(question), page.text);
    assert.match(page.html, /<details class="confirm">[^]*id="remove-1" class="danger"/);
  });
});
