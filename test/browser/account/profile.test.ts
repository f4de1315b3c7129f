// The profile and the language switcher in a real browser, with and without JavaScript.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { readText, seeHeading, signIn, waitUntil } from '#test/support/browser/steps.ts';
import { aPicture } from '#test/support/steps/pictures.ts';

const phone = { viewport: { width: 390, height: 844 } };
const parts = ['', '/contact', '/address', '/region'];

describeInBrowser('profile', {}, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}${path}`;

  async function signedIn(page: Page, claims = {}) {
    const person = await app().createUser({ claims });
    await page.goto(at('/auth/sign-in'));
    await signIn(page, person);
    await seeHeading(page, 'Your account');
    return person;
  }

  async function choosePicture(page: Page, buffer: Buffer): Promise<void> {
    await page.setInputFiles('#file', { name: 'me.png', mimeType: 'image/png', buffer });
  }

  for (const javaScriptEnabled of [true, false]) {
    it(`works on a phone ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async (t) => {
      const { page } = await visit(t, { ...phone, javaScriptEnabled });
      const { id } = await signedIn(page, { name: 'Ada Lovelace' });
      await page.goto(at('/auth/account/profile'));

      await choosePicture(page, await aPicture());
      // The dialog opens when the picture has been decoded.
      if (javaScriptEnabled) await page.locator('#crop').waitFor();
      else assert.equal(await page.locator('#crop').isVisible(), false);
      await page.click('#upload');
      assert.match(await readText(page, '#notice'), /Your picture was saved/);
      const shown = page.locator('.picture .avatar > img');
      await waitUntil(page, "document.querySelector('.picture img').naturalWidth === 128");

      await page.getByLabel('Day').fill('10');
      await page.getByLabel('Month').selectOption({ label: 'December' });
      await page.getByLabel('Year').fill('1815');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      assert.match(await readText(page, '#notice'), /Your profile was saved/);

      await page.getByRole('link', { name: 'Contact' }).click();
      await page.getByLabel('Country code').selectOption({ label: 'United Kingdom +44' });
      await page.getByLabel('Phone number').fill('020 7946 0000');
      await page.getByRole('button', { name: 'Save', exact: true }).click();

      await page.getByRole('link', { name: 'Address' }).last().click();
      await page.getByLabel('Country').selectOption({ label: 'Japan' });
      await page.getByRole('button', { name: 'Save', exact: true }).click();

      await page.getByRole('link', { name: 'Region' }).click();
      await page.getByLabel('Time zone').fill('london');
      await page.getByLabel('Language', { exact: true }).selectOption({ label: 'Français' });
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      assert.equal(await page.getAttribute('html', 'lang'), 'fr');

      const user = await app().services.users.findById(id);
      const { picture = '', ...claims } = user?.claims ?? {};
      assert.match(picture, /\/auth\/pictures\//);
      assert.deepEqual(claims, {
        name: 'Ada Lovelace',
        birthdate: '1815-12-10',
        phone_number: '+44 20 7946 0000',
        address: { country: 'Japan' },
        locale: 'fr',
        zoneinfo: 'Europe/London',
      });
      await page.goto(at('/auth/account/profile'));
      await page.click('#remove-picture');
      assert.equal(await shown.count(), 0);
    });
  }

  it('does not send a file that is too large', async (t) => {
    const { page } = await visit(t);
    await signedIn(page);
    await page.goto(at('/auth/account/profile'));

    // With a lower limit, the test needs no large file.
    await page.evaluate("document.querySelector('#file').dataset.maxBytes = '100'");
    await choosePicture(page, await aPicture());

    assert.match(await readText(page, '#file-problem'), /up to 10 MB/);
    assert.equal(await page.locator('#upload').isVisible(), false);
    await page.evaluate("document.querySelector('#file').dataset.maxBytes = '10000'");
    await choosePicture(page, await aPicture());
    await page.click('#upload');
    assert.match(await readText(page, '#notice'), /saved/);
  });

  it('sends the square that was chosen with the keyboard, and nothing after Escape', async (t) => {
    const { page } = await visit(t, phone);
    await signedIn(page);
    await page.goto(at('/auth/account/profile'));
    const halves = await aPicture({ width: 800, height: 400, background: '#c02040' });
    const right = await aPicture({ width: 400, height: 400, background: '#2040c0' });
    const picture = await sharp(halves)
      .composite([{ input: right, left: 400, top: 0 }])
      .toBuffer();

    await choosePicture(page, picture);
    await page.waitForSelector('#crop[open]');
    await page.keyboard.press('Escape');
    // The browser closes the dialog first, and the script empties the field afterwards.
    await waitUntil(page, "document.querySelector('#file').value === ''");
    assert.equal(await page.locator('#crop').isVisible(), false);

    await choosePicture(page, picture);
    await page.waitForSelector('#crop[open]');
    for (let step = 0; step < 12; step += 1) await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');

    assert.match(await readText(page, '#notice'), /saved/);
    const shown = await page.getAttribute('.picture img', 'src');
    const stored = await (await fetch(at(String(shown)))).arrayBuffer();
    const { dominant } = await sharp(stored).stats();
    assert.ok(dominant.b > 150 && dominant.r < 80, JSON.stringify(dominant));
  });

  it('keeps the button in view, even below the fold', async (t) => {
    const { page } = await visit(t, phone);
    await signedIn(page);
    await page.goto(at('/auth/account/profile'));

    const box = await page.getByRole('button', { name: 'Save', exact: true }).boundingBox();

    assert.ok(box && box.y + box.height <= phone.viewport.height, JSON.stringify(box));
  });

  for (const locale of ['en', 'ar']) {
    it(`is accessible in ${locale}, on every page`, async (t) => {
      const { page } = await visit(t);
      await signedIn(page, {
        locale,
        name: 'Ada '.repeat(12).trim(),
        picture: 'https://pictures.example/ada.png',
        phone_number: '+49 30 1234567',
        address: { country: 'Germany' },
      }).catch(() => undefined);
      const faults: string[] = [];
      for (const part of parts) {
        await page.goto(at(`/auth/account/profile${part}`));
        await page.locator('.languages > summary').click();
        faults.push(...(await inspect(page, `profile${part}`)));
      }
      assert.deepEqual(faults, []);
    });
  }
});

describeInBrowser('language switcher', {}, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}${path}`;

  for (const javaScriptEnabled of [true, false]) {
    it(`changes the page ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async (t) => {
      const { page } = await visit(t, { ...phone, javaScriptEnabled });
      await page.goto(at('/auth/register'));
      await page.fill('input[name=email]', 'ada@example.org');

      await page.locator('.languages > summary').focus();
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'العربية' }).click();

      assert.equal(await page.getAttribute('html', 'lang'), 'ar');
      assert.equal(await page.getAttribute('html', 'dir'), 'rtl');
      const typed = await page.inputValue('input[name=email]');
      assert.equal(typed, javaScriptEnabled ? 'ada@example.org' : '');
    });
  }
});
