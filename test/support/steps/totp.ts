// An authenticator app that generates TOTP codes, and its setup on the account pages.
import assert from 'node:assert/strict';
import { generateSync } from 'otplib';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import type { Person } from '#test/support/actors/relying-party.ts';

/** The current code, or the code of a later time step. */
export function codeOf(secret: string, steps = 0): string {
  return generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + steps * 30 });
}

/** Turns TOTP on for a signed-in user and enters the password if the page asks for it. */
export async function setUpCodes(browser: Browser, person?: Pick<Person, 'password'>) {
  const page = await browser.open('/auth/account/codes');
  const shown = await page.press(
    'set-up',
    person && page.has('password') ? { password: person.password } : {},
  );
  const [, grouped = ''] = /<code[^>]*>([A-Z2-7 ]+)<\/code>/.exec(shown.html) ?? [];
  const secret = grouped.replaceAll(' ', '');
  const done = await shown.press('verify', { code: codeOf(secret) });
  const codes = [...done.html.matchAll(/<li><code[^>]*>([A-Z2-7-]+)</g)].map(([, code]) => code);
  assert.equal(codes.length, 10, done.text);
  return { secret, recoveryCodes: codes.map(String) };
}
