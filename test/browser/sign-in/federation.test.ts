// Sign-in with an identity provider in a real browser: with and without JavaScript, at every size,
// with long texts and right-to-left.
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { aStranger, startStandInProvider } from '#test/support/actors/identity-provider.ts';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { seeHeading, signIn } from '#test/support/browser/steps.ts';

const closing = { after: (work: () => Promise<void>) => after(work) };
const other = await startStandInProvider(closing, { name: 'Google' });
const evil = await startStandInProvider(closing, {
  id: 'work',
  name: 'Donaudampfschifffahrtsgesellschaft',
  clientId: 'work',
});
const settings = {
  OUTBOUND_ALLOW: '127.0.0.1',
  SIGN_IN_PROVIDERS: JSON.stringify([{ ...other.setting, trust_email: true }, evil.setting]),
};

describeInBrowser('sign-in with an identity provider', { settings }, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}${path}`;

  for (const javaScriptEnabled of [true, false]) {
    it(`works ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async (t) => {
      const { page } = await visit(t, { javaScriptEnabled });
      const person = other.become(aStranger());
      await page.goto(at('/auth/sign-in'));
      await page.click('#with-google');
      await seeHeading(page, 'Almost there');

      await page.click('#register');
      await seeHeading(page, 'Your account');
      await page.click('.row > a[href$="/linked"]');
      await page.click('#confirm-google');
      await page.waitForSelector('#link-google');

      assert.match((await page.textContent('.things')) ?? '', new RegExp(person.email ?? ''));
      assert.equal(await page.locator('[id^=unlink-]').count(), 0);
    });
  }

  it('returns with the back button and after an error response of the provider', async (t) => {
    const { page } = await visit(t);
    other.become(aStranger());
    other.spoil({ error: 'access_denied' });
    await page.goto(at('/auth/sign-in'));
    await page.click('#with-google');
    await page.waitForSelector('#trouble');
    other.spoil({});
    await page.click('#with-google');
    await seeHeading(page, 'Almost there');

    await page.goBack();
    await page.waitForSelector('#with-google');
    await page.goForward();

    await seeHeading(page, 'Almost there');
    await page.click('#register');
    await seeHeading(page, 'Your account');
  });

  for (const locale of ['de-DE', 'ar']) {
    it(`has no accessibility violations (WCAG 2.2 AA, ${locale})`, async (t) => {
      const { page } = await visit(t, { locale });
      const faults: string[] = [];
      const shots = process.env['SHOTS'];
      const see = async (name: string) => {
        if (shots)
          await page.screenshot({ path: `${shots}/${name}-${locale}.png`, fullPage: true });
        faults.push(...(await inspect(page, name)));
      };
      const person = await app().createUser();
      other.become(aStranger({ email: person.email }));

      await page.goto(at('/auth/register'));
      await see('register');
      await page.goto(at('/auth/sign-in?problem=with-away'));
      await see('sign-in');
      await page.click('#with-google');
      await page.waitForSelector('#link');
      await see('with-known');
      await page.goto(at('/auth/sign-in'));
      evil.become(aStranger());
      await page.click('#with-work');
      await page.waitForSelector('#register');
      await see('with-new');
      await page.goto(at('/auth/sign-in'));
      await page.click('#with-google');
      await page.click('#link');
      await see('sign-in-to-link');
      await signIn(page, person);
      await page.waitForSelector('#not-now');
      await see('with-link');
      await page.click('#link');
      await page.waitForSelector('#notice');
      await page.click('.row > a[href$="/linked"]');
      await page.waitForSelector('#confirm');
      await see('linked-locked');
      await page.fill('input[name=password]', person.password);
      await page.click('#confirm');
      await page.waitForSelector('#unlink-google', { state: 'attached' });
      await see('linked');

      assert.deepEqual(faults, []);
    });
  }
});
