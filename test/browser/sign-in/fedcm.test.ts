// FedCM in a real browser: an app on another site asks for an identity, the browser shows the account that is
// signed in, and the app exchanges the code that it receives. Chrome DevTools answer the browser's dialog.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { startClientApp, type TinyApp } from '#test/support/browser/client-app.ts';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { signIn } from '#test/support/browser/steps.ts';

describeInBrowser('sign-in by the browser itself', { settings: { FEDCM: 'on' } }, (stage) => {
  it('gives a code to the app while the user is signed in, and nothing afterwards', async (t) => {
    const { app, visit } = stage;
    const { page, forgive } = await visit(t);
    const person = await app().createUser({ claims: { name: 'Ann Example' } });
    const tiny = await startClientApp(t, app(), { first_party: true });
    await page.goto(`${app().issuer}/auth/account`);
    await signIn(page, person);
    await page.waitForURL(`${app().issuer}/auth/account`);
    await page.goto(tiny.url);
    await answerDialogs(page);

    const request = await tiny.rp.request();
    const code = await askForIdentity(page, app().issuer, tiny, request.url);
    const parameters = new URLSearchParams();
    const exchanged = await tiny.rp.tryExchange({ ...request, code, parameters });
    await app().services.blocking.endSessionsOf(person.id, { kind: 'operator' });
    const complaint = page.waitForEvent('console', (message) => /dismissed/.test(message.text()));
    const after = await askForIdentity(page, app().issuer, tiny, request.url);
    await complaint;

    assert.equal(exchanged.status, 200, `${code} ${exchanged.text}`);
    assert.match(String(exchanged.body['id_token']), /^eyJ/);
    assert.match(after, /Error/);
    forgive(/accounts endpoint, a 401/);
  });
});

/** Chooses the first account, and closes every other dialog. */
async function answerDialogs(page: Page): Promise<void> {
  const tools = await page.context().newCDPSession(page);
  tools.on('FedCm.dialogShown', ({ dialogId, dialogType }) => {
    const isChoice = dialogType === 'AccountChooser';
    const answer = isChoice
      ? tools.send('FedCm.selectAccount', { dialogId, accountIndex: 0 })
      : tools.send('FedCm.dismissDialog', { dialogId });
    answer.catch(() => undefined);
  });
  await tools.send('FedCm.enable', { disableRejectionDelay: true });
}

/** The code, or the error message. */
async function askForIdentity(page: Page, issuer: string, tiny: TinyApp, url: URL) {
  const { searchParams } = url;
  const params = {
    scope: 'openid',
    code_challenge: searchParams.get('code_challenge'),
    code_challenge_method: 'S256',
    nonce: searchParams.get('nonce'),
  };
  const provider = {
    configURL: `${issuer}/auth/fedcm/config.json`,
    clientId: tiny.rp.app.clientId,
    params,
  };
  const identity = JSON.stringify({ providers: [provider] });
  const options = `{ identity: ${identity}, signal: AbortSignal.timeout(15_000) }`;
  // The code runs in the page, whose types are unknown here, so it is passed as text.
  return page.evaluate<string>(
    `navigator.credentials.get(${options}).then((found) => found.token, String)`,
  );
}
