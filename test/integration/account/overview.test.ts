// The overview of the account, and the notices of success on the account pages.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';
import { offline } from '#test/support/data/outcomes.ts';
import { setUpCodes } from '#test/support/steps/totp.ts';

const path = '/auth/account';

describeApp('the overview of the account', {}, (app) => {
  it('shows the status of each item and the advice of the security check-up', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const { browser } = await rp.login(person, offline);

    const before = await browser.open(path);
    await setUpCodes(browser, person);
    const after = await browser.open(path);

    assert.match(before.text, /Two-step verification Off/);
    assert.match(before.text, /Passkeys None/);
    assert.match(before.text, /Where you’re signed in 1 device/);
    assert.match(before.text, /Connected apps 1 app/);
    assert.match(before.html, /id="advice-factor"/);
    assert.match(after.text, /Two-step verification On/);
    assert.doesNotMatch(after.html, /id="advice-factor"/);
    assert.match(after.text, /1 recommendation for your account Confirm your email address/);
  });

  it('marks the current page in the navigation', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser());

    const { html } = await browser.open(`${path}/sessions`);

    const current = [...html.matchAll(/href="([^"]+)" aria-current="page"/g)].map(([, to]) => to);
    assert.deepEqual(current, [`${path}/sessions`]);
  });
});

describeOnEachArrangement('a notice of success', (app) => {
  it('is shown on the page after the action, and only there', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser(), offline);

    const after = await (await browser.open(`${path}/apps`)).press('revoke-1');
    const again = await browser.open(`${path}/apps`);

    assert.match(after.html, /id="notice" role="status"/);
    assert.match(after.text, /The app no longer has access to your account/);
    assert.doesNotMatch(again.html, /id="notice"/);
  });
});
