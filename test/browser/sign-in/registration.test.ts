// Account pages outside an authorization request: registration, sign-in, sign-out and the first
// administrator.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import {
  leaveAccount,
  readText,
  register,
  seeHeading,
  signIn,
} from '#test/support/browser/steps.ts';
import { startClientApp } from '#test/support/browser/client-app.ts';

const password = 'lantern copper walnut drizzle';

describeInBrowser('account pages outside an authorization request', {}, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}${path}`;

  describe('account', () => {
    it('is created from the start page, and its user is signed in', async (t) => {
      const { page } = await visit(t);
      await page.goto(at('/'));
      await page.getByRole('link', { name: 'Create an account' }).click();

      await register(page, { email: 'ada@example.org', password, name: 'Ada' });

      await seeHeading(page, 'Your account');
      assert.match(await readText(page, '.banner'), /Ada ada@example\.org Not confirmed yet/);
      await page.goto(at('/'));
      await page.getByRole('link', { name: 'Go to your account' }).click();
      await seeHeading(page, 'Your account');
    });

    it('is not created with a weak password or twice, and the form keeps its values', async (t) => {
      const person = await app().createUser();
      const { page } = await visit(t);
      await page.goto(at('/auth/register'));

      await register(page, { email: person.email, password: 'aaaaaaaaaaaaaaaa', name: 'Ann' });
      assert.match(await readText(page, '#password-problem'), /too repetitive/);
      assert.equal(await page.inputValue('input[name=name]'), 'Ann');
      assert.equal(await page.inputValue('input[name=email]'), person.email);
      assert.equal(await page.inputValue('input[name=password]'), '');
      await page.fill('input[name=password]', password);
      await page.click('#register');

      assert.match(await readText(page, '#email-problem'), /already an account/);
      assert.equal(await page.getAttribute('input[name=email]', 'aria-invalid'), 'true');
      assert.equal(
        await page.getAttribute('input[name=email]', 'aria-describedby'),
        'email-problem',
      );
    });

    it('opens after one sign-in with email address and password', async (t) => {
      const person = await app().createUser();
      const { page } = await visit(t);
      await page.goto(at('/auth/account'));
      await seeHeading(page, 'Sign in');

      await signIn(page, { ...person, password: 'not the right one' });
      assert.match(await readText(page, '[role=alert]'), /is incorrect/);
      assert.equal(await page.inputValue('input[name=login]'), person.email);
      await signIn(page, person);

      await seeHeading(page, 'Your account');
      await page.goto(at('/auth/sign-in'));
      await seeHeading(page, 'Your account');
    });

    it('is signed out after a confirmation that can be declined', async (t) => {
      const person = await app().createUser();
      const { page } = await visit(t);
      await page.goto(at('/auth/sign-in'));
      await signIn(page, person);

      await leaveAccount(page);
      await page.click('#stay');
      await seeHeading(page, 'You’re still signed in');
      await page.getByRole('link', { name: 'Go to your account' }).click();
      await leaveAccount(page);
      await seeHeading(page, 'Sign out?');
      await page.click('#sign-out');

      await page.waitForSelector('#signed-out');
      await page.goto(at('/auth/account'));
      await seeHeading(page, 'Sign in');
    });

    it('is already signed out without a session, with and without JavaScript', async (t) => {
      for (const javaScriptEnabled of [true, false]) {
        const { page } = await visit(t, { javaScriptEnabled });

        await page.goto(at('/oauth2/logout'));

        await page.waitForSelector('#signed-out');
      }
    });

    it('is signed out by a client after a confirmation that names the client', async (t) => {
      const tiny = await startClientApp(t, app(), { first_party: true });
      const over = `${tiny.url}/signed-out`;
      const person = await app().createUser();
      const { page } = await visit(t);
      await page.goto(tiny.signInUrl());
      await signIn(page, person);
      await page.waitForSelector('#subject');

      const { clientId } = tiny.rp.app;
      const wish = { client_id: clientId, post_logout_redirect_uri: over, state: 's1' };
      await page.goto(tiny.rp.logoutUrl(wish).href);
      assert.match(await readText(page, '.lead'), /Tasks wants to sign you out/);
      await page.click('#sign-out');

      await page.waitForURL(`${over}?state=s1`);
      await page.goto(at('/auth/account'));
      await seeHeading(page, 'Sign in');
    });

    it('is signed out without a confirmation when the client sends an id_token_hint', async (t) => {
      const tiny = await startClientApp(t, app(), { first_party: true });
      const over = `${tiny.url}/signed-out`;
      const person = await app().createUser();
      const { page } = await visit(t);
      await page.goto(tiny.signInUrl());
      await signIn(page, person);
      await page.waitForSelector('#subject');

      const idToken = tiny.logins[0]?.idToken ?? '';
      const wish = { id_token_hint: idToken, post_logout_redirect_uri: over, state: 's1' };
      await page.goto(tiny.rp.logoutUrl(wish).href);

      await page.waitForURL(`${over}?state=s1`);
      await page.goto(at('/auth/account'));
      await seeHeading(page, 'Sign in');
    });
  });

  describe('first administrator', () => {
    it('is created by the one-time link, which is accepted once', async (t) => {
      const services = app().services;
      const [link = '', twin = ''] = [
        await services.setup.issueLink(),
        await services.setup.issueLink(),
      ];
      const { page } = await visit(t);
      await page.goto(link);
      await seeHeading(page, 'Set up Ostiary');

      await register(page, { email: 'root@example.org', password, name: '' });

      // The panel.
      await seeHeading(page, 'First steps');
      assert.equal(await services.roles.countOf('admin'), 1);
      for (const used of [link, twin]) {
        const answer = await page.goto(used);
        assert.equal(answer?.status(), 400);
        await seeHeading(page, 'This setup link can’t be used');
      }
      await page.getByRole('link', { name: 'Sign in' }).click();
      await page.waitForURL('**/auth/admin');
      assert.equal(await services.setup.issueLink(), undefined);
    });

    it('is not created by an invented link', async (t) => {
      const { page } = await visit(t);

      const answer = await page.goto(at(`/auth/setup/${'a'.repeat(43)}`));

      assert.equal(answer?.status(), 400);
      await seeHeading(page, 'This setup link can’t be used');
    });
  });
});
