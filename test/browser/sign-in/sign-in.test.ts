// Sign-in from a client and back to it, with the actions users take on the way, on embedded
// storage and once with PostgreSQL and Redis.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { describeInBrowser, type BrowserSuite } from '#test/support/browser/chromium.ts';
import {
  allow,
  backAtApp,
  readText,
  register,
  seeHeading,
  signIn,
} from '#test/support/browser/steps.ts';
import { startClientApp } from '#test/support/browser/client-app.ts';

const postgresAndRedis = { arrangement: 'postgres, redis' } as const;
const embedded = { arrangement: 'embedded, memory' } as const;

describeInBrowser('sign-in with PostgreSQL and Redis', postgresAndRedis, (stage) => {
  it('registers a user, asks for consent and returns to the client', (t) =>
    makeAccountOnTheWay(t, stage));
});

describeInBrowser('sign-in for a client', embedded, (stage) => {
  const { app, visit } = stage;

  it('registers a user, asks for consent and returns to the client', (t) =>
    makeAccountOnTheWay(t, stage));

  it('asks for no password again and shows no page for the same client', async (t) => {
    const [first, second] = [await startClientApp(t, app()), await startClientApp(t, app())];
    const person = await app().createUser();
    const { page } = await visit(t);
    await page.goto(first.signInUrl());
    await signIn(page, person);
    await allow(page);
    await backAtApp(page);

    await page.goto(second.signInUrl());
    assert.equal(await page.locator('input[name=password]').count(), 0);
    await allow(page);
    assert.equal(await backAtApp(page), person.id);
    await page.goto(second.signInUrl());

    assert.equal(await backAtApp(page), person.id);
    assert.equal(second.logins.length, 2);
  });

  it('asks for no consent for first-party clients', async (t) => {
    const own = await startClientApp(t, app(), { first_party: true });
    const person = await app().createUser();
    const { page } = await visit(t);

    await page.goto(own.signInUrl({ scope: 'openid email' }));
    await signIn(page, person);

    assert.equal(await backAtApp(page), person.id);
  });

  it('returns access_denied to the client and keeps the user signed in', async (t) => {
    const tiny = await startClientApp(t, app());
    const person = await app().createUser();
    const { page } = await visit(t);
    await page.goto(tiny.signInUrl());
    await signIn(page, person);

    await page.click('#deny');

    assert.equal(await backAtApp(page, 'app-error'), 'access_denied');
    await page.goto(tiny.signInUrl());
    await seeHeading(page, 'Tasks wants access to your account');
    assert.match(await readText(page, '.account'), new RegExp(person.email));
  });

  it('returns to the client when the user cancels on the sign-in page', async (t) => {
    const tiny = await startClientApp(t, app());
    const { page } = await visit(t);
    await page.goto(tiny.signInUrl());

    await page.getByRole('button', { name: 'Back to Tasks' }).click();

    assert.equal(await backAtApp(page, 'app-error'), 'access_denied');
    await page.goto(`${app().issuer}/auth/account`);
    await seeHeading(page, 'Sign in');
  });

  it('shows an error, keeps the email address and clears the password', async (t) => {
    const tiny = await startClientApp(t, app());
    const person = await app().createUser();
    const { page } = await visit(t);
    await page.goto(tiny.signInUrl());

    await signIn(page, { ...person, password: 'not the right one' });

    const alert = page.getByRole('alert');
    assert.match((await alert.textContent()) ?? '', /email address or password is incorrect/);
    assert.equal(await page.inputValue('input[name=login]'), person.email);
    assert.equal(await page.inputValue('input[name=password]'), '');
    await signIn(page, person);
    await allow(page);
    assert.equal(await backAtApp(page), person.id);
  });

  it('lets the user switch to another account', async (t) => {
    const tiny = await startClientApp(t, app());
    const [first, second] = [await app().createUser(), await app().createUser()];
    const { page } = await visit(t);
    await page.goto(`${app().issuer}/auth/sign-in`);
    await signIn(page, first);
    await page.goto(tiny.signInUrl());
    await seeHeading(page, 'Tasks wants access to your account');

    await page.getByRole('button', { name: 'Switch account' }).click();
    await seeHeading(page, 'Sign in');
    assert.equal(await page.inputValue('input[name=login]'), '');
    await signIn(page, second);
    assert.match(await readText(page, '.account'), new RegExp(second.email));
    await allow(page);

    assert.equal(await backAtApp(page), second.id);
    await page.goto(`${app().issuer}/auth/account`);
    assert.match(await readText(page, '.banner'), new RegExp(second.email));
  });

  it('asks for the password with prompt=login and max_age (OIDC Core §3.1.2.1)', async (t) => {
    const tiny = await startClientApp(t, app(), { first_party: true });
    const person = await app().createUser();
    const { page } = await visit(t);
    await page.goto(tiny.signInUrl());
    await signIn(page, person);
    await backAtApp(page);

    await page.goto(tiny.signInUrl({ prompt: 'login' }));

    assert.match(
      await readText(page, '#notice'),
      /Tasks asks you to sign in again to confirm it’s you/,
    );
    assert.equal(await page.inputValue('input[name=login]'), person.email);
    assert.equal(await page.getByRole('link', { name: 'Create an account' }).count(), 0);
    await page.fill('input[name=password]', person.password);
    await page.click('#sign-in');
    assert.equal(await backAtApp(page), person.id);
    assert.equal(tiny.logins.length, 2);
  });

  it('fills in the email address of login_hint', async (t) => {
    const tiny = await startClientApp(t, app());
    const { page } = await visit(t);

    await page.goto(tiny.signInUrl({ login_hint: 'eve@example.org' }));

    assert.equal(await page.inputValue('input[name=login]'), 'eve@example.org');
  });
});

async function makeAccountOnTheWay(t: TestContext, { app, visit }: BrowserSuite): Promise<void> {
  const tiny = await startClientApp(t, app());
  const { page } = await visit(t);
  const email = 'grace@example.org';

  await page.goto(tiny.signInUrl({ scope: 'openid email' }));
  await page.getByRole('link', { name: 'Create an account' }).click();
  await register(page, { email, password: 'lantern copper walnut drizzle', name: 'Grace' });
  await seeHeading(page, 'Tasks wants access to your account');
  await allow(page);
  const subject = await backAtApp(page);

  const [tokens] = tiny.logins;
  assert.ok(tokens);
  assert.equal(tokens.claims['sub'], subject);
  const known = await tiny.rp.userinfo(tokens);
  assert.deepEqual(known, { sub: subject, email, email_verified: false });
}
