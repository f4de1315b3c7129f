// What people see of the data that is kept about them: a copy of all of it, and what the operator
// keeps beside the profile. With script and without, as programs for accessibility see it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { it } from 'node:test';
import { describeInBrowser } from '#test/browser/stage/chromium.ts';
import { inspect } from '#test/browser/stage/inspect.ts';
import { readText, seeHeading, signIn } from '#test/browser/stage/steps.ts';
import { declared, shipping, tier } from '#test/flows/supplements/declared.ts';

const german = { locale: 'de-DE' };

describeInBrowser('one’s own data', { settings: declared }, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}${path}`;
  const make = () => app().installation.services.exportMaking.makeDue();

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with script' : 'without script';

    it(`is asked for, waited for and downloaded once, ${how}`, async (t) => {
      const person = await app().aPerson();
      const { page } = await visit(t, { javaScriptEnabled });
      await page.goto(at('/auth/sign-in'));
      await signIn(page, person);
      await page.getByRole('link', { name: 'Get a copy of your data' }).click();
      await seeHeading(page, 'A copy of your data');

      await page.fill('input[name=password]', person.password);
      await page.click('#request');
      assert.match(await readText(page, '#making'), /being made/);
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
      await page.goto(at('/auth/account/export'));
      assert.match(await readText(page, '#fetched'), /You downloaded your copy/);
    });

    it(`is written in a form made from a schema, ${how}`, async (t) => {
      const person = await app().aPerson();
      const { page } = await visit(t, { javaScriptEnabled });
      await page.goto(at('/auth/sign-in'));
      await signIn(page, person);
      await page.getByRole('link', { name: 'Shipping' }).click();
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
      assert.match(await readText(page, `[id="${problem}"]`), /Please write a whole number/);
      assert.equal(await page.getByLabel('tuesday').isChecked(), true);
      await floor.fill('3');
      await page.click('#save');
      await seeHeading(page, 'Your account');
      const { services } = app().installation;
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

  it('is shown on pages that keep WCAG 2.2 AA, on small screens, in both colours', async (t) => {
    const faults: string[] = [];
    const person = await app().aPerson();
    const { supplements } = app().installation.services;
    const actor = { kind: 'operator' } as const;
    const wish = { userId: person.id, actor, expected: 0 };
    const level = 'Donaudampfschifffahrtsgesellschaft'.repeat(3);
    await supplements.save({ ...wish, namespace: tier.namespace }, { level, points: 12 });
    const { page } = await visit(t, german);
    const see = async (name: string) => void faults.push(...(await inspect(page, name)));
    await page.goto(at('/auth/sign-in'));
    await signIn(page, person);
    await page.waitForSelector('#sign-out');
    await see('account, with details');

    await page.goto(at('/auth/account/details/tier'));
    await see('details, to read');
    await page.goto(at('/auth/account/details/shipping'));
    await see('details, to write');
    await page.fill('[name="f.name"]', 'A'.repeat(60));
    await page.fill('[name="f.notes"]', 'one\ntwo\nthree');
    await page.fill('[name="f.address.street"]', 'Hauptstraße 1');
    // The browser of somebody who was on that page before the rules.
    await page.evaluate('document.querySelector("form").noValidate = true');
    await page.click('#save');
    await page.waitForSelector('[role=alert]');
    await see('details, with problems');
    await supplements.save({ ...wish, namespace: shipping.namespace }, { name: 'Elsewhere' });
    await page.fill('[name="f.notes"]', 'one');
    await page.fill('[name="f.address.street"]', '');
    await page.click('#save');
    await page.waitForSelector('#stale');
    await see('details, changed elsewhere');

    await page.goto(at('/auth/account/export'));
    await see('export, nothing yet');
    await page.fill('input[name=password]', 'not the right one');
    await page.click('#request');
    await page.waitForSelector('[role=alert]');
    await see('export, with a problem');
    await page.fill('input[name=password]', person.password);
    await page.click('#request');
    await page.waitForSelector('#making');
    await see('export, being made');
    await make();
    await page.click('#again');
    await page.waitForSelector('#ready');
    await see('export, ready');
    await Promise.all([page.waitForEvent('download'), page.click('#download')]);
    await page.goto(at('/auth/account/export'));
    await see('export, fetched');

    assert.deepEqual(faults, []);
  });
});
