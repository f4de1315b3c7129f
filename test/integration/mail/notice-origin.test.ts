// Notices about changes of sign-in methods name the device and the address of the user who made them.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient } from '#test/support/actors/api-client.ts';
import { describeApp } from '#test/support/app.ts';
import { mailsTo } from '#test/support/steps/mailbox.ts';
import { setUpCodes } from '#test/support/steps/totp.ts';

describeApp('a notice about a change of sign-in methods', {}, (app) => {
  it('names device and address of the user, but not those of an administrator', async () => {
    const person = await app().createUser();
    const browser = app().browser();
    const form = await browser.open('/auth/sign-in');
    await form.press('sign-in', { login: person.email, password: person.password });
    await setUpCodes(browser, person);
    const added = await mailsTo(app(), person.email);

    const api = await createApiClient(app());
    const removed = await api.delete(`users/${person.id}/credentials/second-factor`);
    const [notice, ...others] = await mailsTo(app(), person.email);

    const own = added.find(({ text }) => text.includes('IP address'));
    assert.match(own?.text ?? '', /authenticator app[^]*IP address: 127\.0\.0\.1/);
    assert.equal(removed.status, 200, removed.text);
    assert.equal(others.length, added.length);
    assert.match(notice?.text ?? '', /Time/);
    assert.doesNotMatch(notice?.text ?? '', /IP address/);
  });
});
