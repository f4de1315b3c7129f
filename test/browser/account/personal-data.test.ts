// Personal data pages: the data export and the custom attributes, with and without JavaScript, and
// their accessibility.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { it } from 'node:test';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { readText, seeHeading, signIn } from '#test/support/browser/steps.ts';
import { declared, shipping, tier } from '#test/support/data/custom-attributes.ts';

const german = { locale: 'de-DE' };

describeInBrowser('personal data pages', { settings: declared }, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}${path}`;
  const make = () => app().services.exportWriter.makeDue();

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with JavaScript' : 'without JavaScript';

    it(`request, prepare and download a data export once, ${how}`, async (t) => {
      const person = await app().createUser();
      const { page } = await visit(t, { javaScriptEnabled });
      await page.goto(at('/auth/sign-in'));
      await signIn(page, person);
      await page.getByRole('main').getByRole('link', { name: 'Download your data' }).click();
      await seeHeading(page, 'Download your data');

      await page.fill('input[name=password]', person.password);
      await page.click('#request');
      assert.match(await readText(page, '#making'), /being prepared/);
      await make();
      await page.click('#again');
      assert.match(await readText(page, '#ready'), /Your copy is ready/);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.click('#download'),
      ]);

      assert.match(download.suggestedFilename(), /^ostiary-export-[\d-]{10}\.json$/);
      const text = await readFile(await download.path(), 'utf8');
      assert.equal(JSON.parse(text).data.account.claims.email, person.email);
      // Without a script, the page does not change until it is loaded again.
      if (!javaScriptEnabled) await page.goto(at('/auth/account/export'));
      assert.match(await readText(page, '#fetched'), /You downloaded your copy/);
    });

    it(`edit custom attributes in a form generated from a schema, ${how}`, async (t) => {
      const person = await app().createUser();
      const { page } = await visit(t, { javaScriptEnabled });
      await page.goto(at('/auth/sign-in'));
      await signIn(page, person);
      await page.getByRole('main').getByRole('link', { name: 'Shipping' }).click();
      await seeHeading(page, 'Shipping');

      await page.getByLabel('Name on the parcel').fill('Ann Example');
      await page.getByLabel('size').selectOption({ label: 'Small' });
      await page.getByLabel('Floor').fill('a lot');
      await page.getByLabel('Do not ring').check();
      await page.getByRole('group', { name: 'days' }).getByLabel('tuesday').check();
      await page.getByRole('group', { name: 'Address' }).getByLabel('city').fill('Köln');
      await page.click('#save');

      const floor = page.getByLabel('Floor');
      assert.equal(await floor.getAttribute('aria-invalid'), 'true');
      const problem = (await floor.getAttribute('aria-describedby')) ?? '';
      assert.match(await readText(page, `[id="${problem}"]`), /Enter a whole number/);
      assert.equal(await page.getByLabel('tuesday').isChecked(), true);
      await floor.fill('3');
      await page.click('#save');
      await seeHeading(page, 'Your account');
      const services = app().services;
      const found = await services.supplements.get(person.id, 'shipping');
      assert.deepEqual(found?.value, {
        name: 'Ann Example',
        size: 'small',
        floor: 3,
        quiet: true,
        days: ['tuesday'],
        address: { city: 'Köln' },
      });
    });
  }

  it('have no accessibility violations (WCAG 2.2 AA)', async (t) => {
    const faults: string[] = [];
    const person = await app().createUser();
    const { supplements } = app().services;
    const actor = { kind: 'operator' } as const;
    const wish = { userId: person.id, actor, expected: 0 };
    const level = 'Donaudampfschifffahrtsgesellschaft'.repeat(3);
    await supplements.save({ ...wish, namespace: tier.namespace }, { level, points: 12 });
    const { page } = await visit(t, german);
    const see = async (name: string) => void faults.push(...(await inspect(page, name)));
    await page.goto(at('/auth/sign-in'));
    await signIn(page, person);
    await page.waitForSelector('#switch-account');
    await see('account, with custom attributes');

    await page.goto(at('/auth/account/details/tier'));
    await see('custom attributes, read-only');
    await page.goto(at('/auth/account/details/shipping'));
    await see('custom attributes, editable');
    await page.fill('[name="f.name"]', 'A'.repeat(60));
    await page.fill('[name="f.notes"]', 'one\ntwo\nthree');
    await page.fill('[name="f.address.street"]', 'Hauptstraße 1');
    // Opens the page before the schema applies to it.
    await page.evaluate('document.querySelector("form").noValidate = true');
    await page.click('#save');
    await page.waitForSelector('[role=alert]');
    await see('custom attributes, with errors');
    await supplements.save({ ...wish, namespace: shipping.namespace }, { name: 'Elsewhere' });
    await page.fill('[name="f.notes"]', 'one');
    await page.fill('[name="f.address.street"]', '');
    await page.click('#save');
    await page.waitForSelector('#stale');
    await see('custom attributes, changed concurrently');

    await page.goto(at('/auth/account/export'));
    await see('export, none yet');
    await page.fill('input[name=password]', 'not the right one');
    await page.click('#request');
    await page.waitForSelector('[role=alert]');
    await see('export, with an error');
    await page.fill('input[name=password]', person.password);
    await page.click('#request');
    await page.waitForSelector('#making');
    await see('export, in progress');
    await make();
    await page.click('#again');
    await page.waitForSelector('#ready');
    await see('export, ready');
    await Promise.all([page.waitForEvent('download'), page.click('#download')]);
    await page.waitForSelector('#fetched'); // The script reloads the page after the download.
    await see('export, fetched');

    assert.deepEqual(faults, []);
  });
});
