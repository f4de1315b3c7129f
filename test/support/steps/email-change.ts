// Requests a change of the email address on the account pages, with whatever proof the form asks for.
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import type { Authenticator } from '#test/support/actors/authenticator.ts';
import { answerWith, ask, type Place } from './passkeys.ts';
import type { Person } from '#test/support/actors/relying-party.ts';

export interface Mover {
  readonly place: Place;
  readonly person: Person;
  /** For an account whose strongest factor is a passkey. */
  readonly device?: Authenticator | undefined;
}

/** A proof given in the last few minutes is not asked for again. */
export async function askForEmailChange(
  browser: Browser,
  { place, person: { password }, device }: Mover,
  email: string,
): Promise<Page> {
  let page = await browser.open('/auth/account/email');
  if (!page.has('continue') && device) {
    page = await answerWith(page, device.get(await ask(place, browser, page)));
  }
  const asksForPassword = [...page.form('continue').fields].some(([name]) => name === 'password');
  return page.press('continue', { email, ...(asksForPassword ? { password } : {}) });
}
