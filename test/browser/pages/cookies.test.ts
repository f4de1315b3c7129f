// Cookies in a browser behind TLS, and sessions whose cookie an attacker knew before or learns
// later (session fixation).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { BrowserContext } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { allow, backAtApp, seeHeading, seeNobodyIn, signIn } from '#test/support/browser/steps.ts';
import { startClientApp } from '#test/support/browser/client-app.ts';

const guarded = { httpOnly: true, secure: true, sameSite: 'Lax' };
const sessionCookies = ['__Host-ostiary', '__Host-ostiary.sig'];

describeInBrowser('session cookies', { behindTls: true }, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}${path}`;

  it('are not available to JavaScript and not sent with cross-site requests', async (t) => {
    const tiny = await startClientApp(t, app());
    const person = await app().createUser();
    const { page, context } = await visit(t);
    await page.goto(at('/auth/register'));
    await page.goto(tiny.signInUrl());
    await signIn(page, person);
    await page.waitForSelector('#allow');

    const cookies = await context.cookies();

    assert.ok(cookies.length >= 4);
    for (const { name, path, ...rest } of cookies) {
      const { httpOnly, secure, sameSite } = rest;
      assert.deepEqual({ httpOnly, secure, sameSite }, guarded, name);
      assert.match(name, path === '/' ? /^__Host-/ : /^__Secure-/);
    }
    assert.equal(await page.evaluate('document.cookie'), '');
  });

  it('are replaced at sign-in when planted while the page is open', async (t) => {
    const [attacker, victim] = [await visit(t), await visit(t)];
    await attacker.page.goto(at('/auth/sign-in'));
    await signIn(attacker.page, await app().createUser());
    await seeHeading(attacker.page, 'Your account');
    await victim.page.goto(at('/auth/sign-in'));
    await plantSession(attacker.context, victim.context);

    await signIn(victim.page, await app().createUser());
    await seeHeading(victim.page, 'Your account');

    await seeNobodyIn(attacker.page, app().issuer);
  });

  it('are replaced when planted before an authorization request (session fixation)', async (t) => {
    const tiny = await startClientApp(t, app());
    const person = await app().createUser();
    const [attacker, victim] = [await visit(t), await visit(t)];
    await attacker.page.goto(at('/auth/sign-in'));
    await signIn(attacker.page, await app().createUser());
    await seeHeading(attacker.page, 'Your account');
    await plantSession(attacker.context, victim.context);
    const planted = await sessionOf(victim.context);

    await victim.page.goto(tiny.signInUrl({ prompt: 'login' }));
    await signIn(victim.page, person);
    await allow(victim.page);
    await backAtApp(victim.page);

    assert.notEqual(await sessionOf(victim.context), planted);
    await attacker.page.goto(at('/auth/account'));
    assert.doesNotMatch(await attacker.page.innerText('body'), new RegExp(person.email));
  });

  it('are replaced when the same user signs in again', async (t) => {
    const tiny = await startClientApp(t, app(), { first_party: true });
    const person = await app().createUser();
    const [owner, attacker] = [await visit(t), await visit(t)];
    await owner.page.goto(tiny.signInUrl());
    await signIn(owner.page, person);
    await backAtApp(owner.page);
    await plantSession(owner.context, attacker.context);

    await owner.page.goto(tiny.signInUrl({ prompt: 'login' }));
    await signIn(owner.page, person);
    await backAtApp(owner.page);

    await seeNobodyIn(attacker.page, app().issuer);
  });
});

/** Copies the session cookie from one browser to another, as an attacker would. */
async function plantSession(from: BrowserContext, to: BrowserContext): Promise<void> {
  const cookies = await from.cookies();
  await to.addCookies(cookies.filter(({ name }) => sessionCookies.includes(name)));
}

async function sessionOf(context: BrowserContext): Promise<string | undefined> {
  return (await context.cookies()).find(({ name }) => name === '__Host-ostiary')?.value;
}
