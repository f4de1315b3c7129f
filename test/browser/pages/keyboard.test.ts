// Walks the sign-in and account pages with Tab alone: the focus is always visible, nothing covers it,
// and it follows the reading order.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { seeHeading, signIn } from '#test/support/browser/steps.ts';
import { walk } from '#test/support/browser/walk.ts';

const before = ['sign-in', 'register', 'recover', 'sign-in/mail'];
const own = ['', '/profile', '/profile/contact', '/email', '/password', '/passkeys', '/codes'];
const more = ['/sessions', '/apps', '/activity', '/export', '/delete'];
const after = [...[...own, ...more].map((path) => `account${path}`), 'accounts'];
describeInBrowser('the keyboard', {}, ({ app, visit }) => {
  for (const width of [390, 1280]) {
    it(`reaches everything in order at ${width} pixels`, async (t) => {
      const { page } = await visit(t, { viewport: { width, height: 800 } });
      const at = (path: string) => `${app().issuer}/auth/${path}`;
      const faults: string[] = [];
      for (const path of before) faults.push(...(await walk(page, at(path))));

      await page.goto(at('sign-in'));
      await signIn(page, await app().createUser());
      await seeHeading(page, 'Your account');
      for (const path of after) faults.push(...(await walk(page, at(path))));

      assert.deepEqual(faults, []);
    });
  }
});
