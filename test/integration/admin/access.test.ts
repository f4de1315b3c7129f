// Access to the panel: it is an OpenID client of this provider, and each request is authorized by
// the access token of the administrator.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { signInToPanel } from '#test/support/steps/panel.ts';

describeApp('the panel', {}, (app) => {
  it('asks a visitor to sign in, and then shows the page that was opened', async () => {
    const person = await app().createUser();
    await app().services.roles.grant(person.id, 'admin', new Date());
    const browser = app().browser();

    const signIn = await browser.open('/auth/admin/users');
    assert.equal(signIn.has('sign-in'), true, signIn.text);
    const page = await signIn.press('sign-in', { login: person.email, password: person.password });

    assert.equal(page.status, 200, page.text);
    assert.equal(page.url.pathname, '/auth/admin/users');
    assert.equal(page.heading, 'Users');
    assert.ok(page.text.includes(person.email));
  });
  it('shows the overview', async () => {
    const admin = await signInToPanel(app());
    assert.equal(admin.page.heading, 'Overview', admin.page.text);
  });
});
