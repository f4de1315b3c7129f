// Walks the pages of a sign-in in progress and those of linked accounts with Tab alone, with and without
// script.
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import type { Page } from 'playwright-core';
import { aStranger, startStandInProvider } from '#test/support/actors/identity-provider.ts';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { seeHeading, signIn } from '#test/support/browser/steps.ts';
import { walk, walkHere } from '#test/support/browser/walk.ts';
import { setUpCodes } from '#test/support/steps/totp.ts';

const closing = { after: (work: () => Promise<void>) => after(work) };
const google = await startStandInProvider(closing, { name: 'Google' });
const settings = {
  EMAIL_VERIFICATION: 'required',
  OUTBOUND_ALLOW: '127.0.0.1',
  SIGN_IN_PROVIDERS: JSON.stringify([{ ...google.setting, trust_email: true }]),
};

describeInBrowser('the keyboard', { settings }, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}/auth/${path}`;

  async function walkConsent(page: Page): Promise<readonly string[]> {
    const rp = await app().relyingParty({ client_name: 'Calendar' });
    await page.goto((await rp.request({ scope: 'openid profile email' })).url.href);
    await signIn(page, await app().createUser());
    await page.waitForSelector('#allow');
    return walkHere(page);
  }

  async function walkSecondFactor(page: Page): Promise<readonly string[]> {
    const person = await app().createUser();
    const browser = app().browser();
    const { email: login, password } = person;
    await (await browser.open('/auth/sign-in')).press('sign-in', { login, password });
    await setUpCodes(browser, person);
    await page.goto(at('sign-in'));
    await signIn(page, person);
    await page.waitForSelector('#verify');
    return walkHere(page);
  }

  async function walkVerification(page: Page): Promise<readonly string[]> {
    await page.goto(at('register'));
    await page.fill('input[name=name]', 'Ada Lovelace');
    await page.fill('input[name=email]', `${crypto.randomUUID()}@example.org`);
    await page.fill('input[name=password]', 'lantern copper walnut drizzle');
    await page.click('#register');
    await page.waitForSelector('input[name=code]');
    return walkHere(page);
  }

  async function walkLinkedAccounts(page: Page): Promise<readonly string[]> {
    google.become(aStranger());
    await page.goto(at('sign-in'));
    await page.click('#with-google');
    await seeHeading(page, 'Almost there');
    const faults = [...(await walkHere(page))];
    await page.click('#register');
    await seeHeading(page, 'Your account');
    return [...faults, ...(await walk(page, at('account/linked')))];
  }

  const walks = [
    ['consent', walkConsent],
    ['the second factor', walkSecondFactor],
    ['the verification of an address', walkVerification],
    ['linked accounts', walkLinkedAccounts],
  ] as const;
  for (const [name, walkPages] of walks) {
    for (const javaScriptEnabled of [true, false]) {
      it(`reaches everything of ${name} in order ${javaScriptEnabled ? 'with' : 'without'} script`, async (t) => {
        const { page } = await visit(t, { javaScriptEnabled });
        const faults: string[] = [];
        for (const width of [390, 1280]) {
          await page.context().clearCookies();
          await page.setViewportSize({ width, height: 800 });
          faults.push(...(await walkPages(page)));
        }
        assert.deepEqual(faults, []);
      });
    }
  }

  it('allows an app without script, mouse and touch', async (t) => {
    const { page } = await visit(t, { javaScriptEnabled: false });
    const rp = await app().relyingParty({ client_name: 'Calendar' });
    await page.goto((await rp.request({ scope: 'openid email' })).url.href);
    await signIn(page, await app().createUser());
    await page.waitForSelector('#allow');
    const left = page.waitForRequest((request) => request.url().startsWith(rp.app.redirectUri));

    await page.focus('#allow');
    await page.keyboard.press('Enter');

    assert.ok(new URL((await left).url()).searchParams.get('code'));
  });
});
