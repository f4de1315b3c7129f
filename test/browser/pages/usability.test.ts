// Languages, keyboard operation, password managers and browsers without JavaScript.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import {
  allow,
  backAtApp,
  fillSignIn,
  focusedId,
  readText,
  seeHeading,
  signIn,
} from '#test/support/browser/steps.ts';
import { startClientApp } from '#test/support/browser/client-app.ts';

describeInBrowser('hosted pages', {}, ({ app, visit }) => {
  describe('language of the pages', () => {
    it('follows Accept-Language', async (t) => {
      const tiny = await startClientApp(t, app());
      const { page } = await visit(t, { locale: 'de-AT' });

      await page.goto(tiny.signInUrl());

      await seeHeading(page, 'Anmelden');
      assert.equal(await page.getAttribute('html', 'lang'), 'de');
    });

    it('follows ui_locales until the end of the authorization request', async (t) => {
      const tiny = await startClientApp(t, app());
      const person = await app().createUser();
      const { page } = await visit(t);

      await page.goto(tiny.signInUrl({ ui_locales: 'sv de' }));
      await signIn(page, { ...person, password: 'not the right one' });
      assert.match(await readText(page, '[role=alert]'), /Passwort/);
      await signIn(page, person);

      assert.equal(await page.getAttribute('html', 'lang'), 'de');
      assert.match(await readText(page, 'h1'), /^Tasks /);
      await allow(page);
      assert.equal(await backAtApp(page), person.id);
    });

    it('is right-to-left in Arabic, except for addresses, keys and passwords', async (t) => {
      const tiny = await startClientApp(t, app(), { client_uri: 'https://tasks.example/' });
      const { page } = await visit(t, { locale: 'ar-EG' });
      const directionOf = (selector: string) =>
        page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).direction`);

      await page.goto(tiny.signInUrl());

      assert.equal(await directionOf('body'), 'rtl');
      assert.equal(await directionOf('h1'), 'rtl');
      assert.equal(await directionOf('input[name=login]'), 'ltr');
      assert.equal(await directionOf('input[name=password]'), 'ltr');
      const [icon, label] = await Promise.all([
        page.locator('.links .icon').first().boundingBox(),
        page.locator('.links a').first().boundingBox(),
      ]);
      assert.ok(
        icon && label && icon.x < label.x + label.width / 2,
        'the arrow points in the reading direction',
      );
      assert.deepEqual(await inspect(page, 'sign-in'), []);
    });

    it('falls back to English', async (t) => {
      const { page } = await visit(t, { locale: 'sv-SE' });

      await page.goto(`${app().issuer}/auth/sign-in`);

      await seeHeading(page, 'Sign in');
      assert.equal(await page.getAttribute('html', 'lang'), 'en');
    });
  });

  describe('pages without JavaScript', () => {
    it('complete sign-in and consent and return to the client', async (t) => {
      const tiny = await startClientApp(t, app());
      const person = await app().createUser();
      const { page } = await visit(t, { javaScriptEnabled: false });

      await page.goto(tiny.signInUrl());
      assert.equal(await page.locator('button[aria-controls=password]').isVisible(), false);
      await signIn(page, person);
      await allow(page);

      assert.equal(await backAtApp(page), person.id);
    });
  });

  describe('keyboard', () => {
    it('is sufficient to sign in and give consent', async (t) => {
      const tiny = await startClientApp(t, app());
      const person = await app().createUser();
      const { page } = await visit(t);
      await page.goto(tiny.signInUrl());

      assert.equal(await focusedId(page), 'login');
      await page.keyboard.type(person.email);
      await page.keyboard.press('Tab');
      assert.equal(await focusedId(page), 'password');
      await page.keyboard.type(person.password);
      await page.keyboard.press('Enter');
      await seeHeading(page, 'Tasks wants access to your account');
      await tabTo(page, 'allow');
      await page.keyboard.press('Enter');

      assert.equal(await backAtApp(page), person.id);
    });

    it('starts in the password field when the email address is filled in', async (t) => {
      const tiny = await startClientApp(t, app());
      const { page } = await visit(t);

      await page.goto(tiny.signInUrl({ login_hint: 'eve@example.org' }));

      assert.equal(await focusedId(page), 'password');
    });

    it('has a visible focus indicator everywhere', async (t) => {
      const { page } = await visit(t);
      await page.goto(`${app().issuer}/auth/register`);
      const stops = await page.locator('a[href], button:visible, input:visible').count();

      for (let stop = 0; stop < stops; stop += 1) {
        await page.keyboard.press('Tab');
        const outline = await page.evaluate<string>(
          'const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);' +
            '`${outlineStyle} ${parseFloat(outlineWidth) >= 2}`',
        );
        assert.notEqual(outline, 'none true', await focusedId(page));
        assert.match(outline, / true$/, await focusedId(page));
      }
    });
  });

  describe('password field', () => {
    const toggle = 'button[aria-controls=password]';

    it('can be revealed and is hidden again before the form is submitted', async (t) => {
      const person = await app().createUser();
      const { page } = await visit(t);
      await page.goto(`${app().issuer}/auth/sign-in`);
      await fillSignIn(page, person);

      await page.getByRole('button', { name: 'Show password' }).click();
      assert.equal(await page.getAttribute('#password', 'type'), 'text');
      await page.getByRole('button', { name: 'Hide password' }).click();
      assert.equal(await page.getAttribute('#password', 'type'), 'password');
      await page.click(toggle);
      const typesSent = await typesAtSubmit(page);
      await page.click('#sign-in');

      await seeHeading(page, 'Your account');
      assert.deepEqual(typesSent, ['password']);
    });

    it('has the autocomplete attributes for sign-in', async (t) => {
      const { page } = await visit(t);
      await page.goto(`${app().issuer}/auth/sign-in`);

      assert.deepEqual(await fieldsOf(page, '#sign-in'), [
        { name: 'login', type: 'email', autocomplete: 'username webauthn', label: 'Email' },
        { name: 'password', type: 'password', autocomplete: 'current-password', label: 'Password' },
        { name: 'stay', type: 'checkbox', autocomplete: '', label: 'Stay signed in' },
      ]);
    });

    it('has the autocomplete attributes for registration', async (t) => {
      const { page } = await visit(t);
      await page.goto(`${app().issuer}/auth/register`);

      assert.deepEqual(await fieldsOf(page, '#register'), [
        { name: 'name', type: 'text', autocomplete: 'name', label: 'Your name optional' },
        { name: 'email', type: 'email', autocomplete: 'username', label: 'Email' },
        { name: 'password', type: 'password', autocomplete: 'new-password', label: 'Password' },
      ]);
    });
  });
});

interface FieldFacts {
  readonly name: string;
  readonly type: string;
  readonly autocomplete: string;
  readonly label: string;
}

/** The visible fields of the form that contains the given button. */
async function fieldsOf(page: Page, button: string): Promise<readonly FieldFacts[]> {
  return page.evaluate<FieldFacts[]>(
    `[...document.querySelector('${button}').form.elements]
       .filter((field) => field.localName === 'input' && field.type !== 'hidden')
       .map(({ name, type, autocomplete, labels: [label] }) => ({
         name, type, autocomplete, label: label.textContent.replace(/\\s+/g, ' ').trim(),
       }))`,
  );
}

/** Records the type of the password field each time the form is submitted. */
async function typesAtSubmit(page: Page): Promise<readonly string[]> {
  const types: string[] = [];
  await page.exposeFunction('noteType', (type: string) => types.push(type));
  await page.evaluate(
    `addEventListener('submit', () => noteType(document.querySelector('#password').type))`,
  );
  return types;
}

async function tabTo(page: Page, id: string): Promise<void> {
  for (let stop = 0; stop < 12; stop += 1) {
    if ((await focusedId(page)) === id) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`The Tab key does not reach #${id}.`);
}
