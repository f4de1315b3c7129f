// Reauthentication in a browser: on a page of its own, and as part of the form of an action.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readText, seeHeading, signIn } from '#test/support/browser/steps.ts';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { codeOf } from '#test/support/steps/totp.ts';

const widths = [390, 1280] as const;
const next = 'a wholly different phrase';

describeInBrowser('reauthentication', {}, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}${path}`;

  for (const width of widths) {
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`is requested and leads back, ${colorScheme}, ${width} pixels wide`, async (t) => {
        const { page } = await visit(t, { viewport: { width, height: 844 }, colorScheme });
        const person = await app().createUser();
        await page.goto(at('/auth/sign-in'));
        await signIn(page, person);
        await page.goto(at('/auth/account/confirm?back=passkeys'));
        await seeHeading(page, 'Confirm it’s you');
        const faults = [...(await inspect(page, 'confirm'))];
        await page.fill('input[name=password]', 'not the right one');
        await page.click('#confirm');
        assert.match(await readText(page, '#password-problem'), /incorrect/);
        faults.push(...(await inspect(page, 'confirm, with an error')));
        await page.fill('input[name=password]', person.password);
        await page.click('#confirm');
        await seeHeading(page, 'Passkeys');

        assert.deepEqual(faults, []);
      });
    }
  }

  it('is part of the form that changes the password of an account with TOTP', async (t) => {
    const { page } = await visit(t, { viewport: { width: 390, height: 844 } });
    const person = await app().createUser();
    await page.goto(at('/auth/sign-in'));
    await signIn(page, person);
    await page.goto(at('/auth/account/codes'));
    await page.fill('input[name=password]', person.password);
    await page.click('#set-up');
    await seeHeading(page, 'Set up an authenticator app');
    const secret = (await readText(page, 'main code')).replaceAll(' ', '');
    await page.fill('input[name=code]', codeOf(secret));
    await seeHeading(page, 'Your recovery codes');
    await page.goto(at('/auth/account/password'));
    const faults = [...(await inspect(page, 'password, with a code'))];
    await page.fill('input[name=current]', person.password);
    await page.fill('input[name=password]', next);
    await page.fill('input[name=code]', '000000');
    await page.click('#continue');
    assert.match(await readText(page, '#code-problem'), /incorrect/);
    faults.push(...(await inspect(page, 'password, with a wrong code')));
    await page.fill('input[name=current]', person.password);
    await page.fill('input[name=password]', next);
    await page.fill('input[name=code]', codeOf(secret, 1));
    await page.click('#continue');
    await seeHeading(page, 'Recent activity');

    assert.deepEqual(faults, []);
  });
});
