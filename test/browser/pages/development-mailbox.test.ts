// The development mailbox in a browser: a message as HTML in a frame, as text and as source.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';

describeInBrowser('the development mailbox', { host: 'localhost' }, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}${path}`;

  async function requestSignInCode(): Promise<string> {
    const { email } = await app().createUser();
    const page = await app().browser().open('/auth/sign-in/mail');
    await page.press('continue', { email });
    await app().services.outboxWorker.deliverDue();
    return email;
  }

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with script' : 'without script';

    it(`shows a message as HTML first, and as text and source in tabs, ${how}`, async (t) => {
      const email = await requestSignInCode();
      const { page } = await visit(t, { javaScriptEnabled });
      await page.goto(at('/auth/dev/mail'));
      await page.getByRole('listitem').filter({ hasText: email }).getByRole('link').click();

      const message = page.frameLocator('#message');
      const code = (await message.locator('.code').textContent()) ?? '';
      assert.match(code, /^\d{6}$/);
      assert.match((await page.textContent('h1')) ?? '', new RegExp(`^${code} is your`));
      assert.equal(await message.locator('img').evaluate((image) => image.clientWidth), 36);
      assert.equal(await page.isVisible('#letter'), false);

      await page.getByText('Plain text').click();
      assert.deepEqual(
        [await page.isVisible('#letter'), await page.isVisible('#message')],
        [true, false],
      );
      assert.match((await page.textContent('#letter')) ?? '', new RegExp(`^ {4}${code}$`, 'm'));

      await page.getByText('Source').click();
      assert.deepEqual(
        [await page.isVisible('#source'), await page.isVisible('#letter')],
        [true, false],
      );
      assert.match((await page.textContent('#source')) ?? '', /^<!doctype html>/);
    });
  }

  it('opens the links of a message in a new tab, where they work', async (t) => {
    await requestSignInCode();
    const { context, page } = await visit(t);
    await page.goto(at('/auth/dev/mail'));
    await page.locator('main a').first().click();

    const opening = context.waitForEvent('page');
    await page.frameLocator('#message').locator('a.button').click();
    const opened = await opening;
    await opened.waitForSelector('#sign-in');

    assert.match(new URL(opened.url()).pathname, /\/auth\/sign-in\/mail\/link\//);
  });

  it('shows a new message without a reload by the user', async (t) => {
    const { page } = await visit(t);
    await page.goto(at('/auth/dev/mail'));

    const email = await requestSignInCode();

    await page.getByRole('listitem').filter({ hasText: email }).waitFor();
  });

  it('has no violations in its list and in the three views of a message', async (t) => {
    await requestSignInCode();
    const faults: string[] = [];
    const { page } = await visit(t);
    await page.goto(at('/auth/dev/mail'));
    await page.locator('main a').first().click();
    await page.waitForSelector('#message');
    for (const tab of ['Message', 'Plain text', 'Source']) {
      await page.getByText(tab, { exact: true }).click();
      faults.push(...(await inspect(page, tab)));
    }
    await page.goto(`${page.url()}/html`);
    faults.push(...(await inspect(page, 'HTML')));

    assert.deepEqual(faults, []);
  });
});
