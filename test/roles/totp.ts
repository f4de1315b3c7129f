// The app on a person's phone that shows codes, and the page that it is set up on.
import assert from 'node:assert/strict';
import { generateSync } from 'otplib';
import type { Browser } from './cookie-browser.ts';
import type { Person } from './relying-party.ts';

/** The code that the app shows now, or so many steps later. */
export function codeOf(secret: string, steps = 0): string {
  return generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + steps * 30 });
}

/** By a user who is signed in there; the password is typed where the page asks for it. */
export async function setUpCodes(browser: Browser, person?: Pick<Person, 'password'>) {
  const page = await browser.open('/auth/account/codes');
  const shown = await page.press(
    'set-up',
    person && page.has('password') ? { password: person.password } : {},
  );
  const [, grouped = ''] = /<code[^>]*>([A-Z2-7-]+)<\/code>/.exec(shown.html) ?? [];
  const secret = grouped.replaceAll('-', '');
  const paper = await shown.press('verify', { code: codeOf(secret) });
  const codes = [...paper.html.matchAll(/<li><code[^>]*>([A-Z2-7-]+)</g)].map(([, code]) => code);
  assert.equal(codes.length, 10, paper.text);
  return { secret, recoveryCodes: codes.map(String) };
}
