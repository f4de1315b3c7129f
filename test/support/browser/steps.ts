// Actions of users on the hosted pages, and the texts that they read there.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { Person } from '#test/support/actors/relying-party.ts';

export async function fillSignIn(page: Page, { email, password }: Omit<Person, 'id'>) {
  await page.fill('input[name=login]', email);
  await page.fill('input[name=password]', password);
}

/** Enters email address and password and submits them. */
export async function signIn(page: Page, person: Omit<Person, 'id'>): Promise<void> {
  await fillSignIn(page, person);
  await page.click('#sign-in');
}

export async function register(page: Page, person: Omit<Person, 'id'> & { name?: string }) {
  await page.fill('input[name=name]', person.name ?? '');
  await page.fill('input[name=email]', person.email);
  await page.fill('input[name=password]', person.password);
  await page.click('#register');
}

/** Enters the code from an email. The page submits it by itself unless it runs no script. */
export async function enterCode(page: Page, code: string): Promise<void> {
  await page.fill('input[name=code]', code);
  // The code runs in the page, whose types are unknown here, so it is passed as text.
  const isScripted = await page.evaluate<boolean>('matchMedia("(scripting: enabled)").matches');
  if (!isScripted) await page.click('#verify');
}

/** Follows the link to sign out: in the navigation column of a desktop, on the overview of a phone. */
export async function leaveAccount(page: Page): Promise<void> {
  await page.click('a[href$="/oauth2/logout"]:visible');
}

export async function allow(page: Page): Promise<void> {
  await page.click('#allow');
}

/** Waits until the browser is back at the client and returns the text of its page. */
export async function backAtApp(page: Page, id: 'subject' | 'app-error' = 'subject') {
  return readText(page, `#${id}`);
}

/** Waits until the playground has processed its response. */
export async function backAtPlayground(page: Page, state: 'signed-in' | 'signed-out') {
  await page.waitForSelector(`#playground[data-ready][data-state=${state}]`);
}

export async function readText(page: Page, selector: string): Promise<string> {
  const text = await page.locator(selector).first().textContent();
  return (text ?? '').replaceAll(/\s+/g, ' ').trim();
}

/** Waits for the page with that heading. */
export async function seeHeading(page: Page, heading: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
}

/**
 * Expects the account page to ask for a sign-in, which shows that the browser has no valid
 * session.
 */
export async function seeNobodyIn(page: Page, issuer: string): Promise<void> {
  await page.goto(`${issuer}/auth/account`);
  await seeHeading(page, 'Sign in');
}

/** Waits for the error page and returns its text, which always contains the request id. */
export async function seeError(page: Page, code: string): Promise<string> {
  await page.waitForSelector(`#error[data-error="${code}"]`);
  const text = await readText(page, '#error');
  assert.match(text, /Request ID: \S{8,}/);
  return text;
}

export async function focusedId(page: Page): Promise<string> {
  // The code runs in the page, whose types are unknown here, so it is passed as text.
  return page.evaluate<string>('document.activeElement?.id ?? ""');
}

/**
 * Waits until an expression holds in the page. It is evaluated again each time: the content security policy
 * of the pages refuses the polling of Playwright's `waitForFunction`.
 */
export async function waitUntil(page: Page, expression: string): Promise<void> {
  const isLate = AbortSignal.timeout(30_000);
  while (!(await page.evaluate<boolean>(expression))) {
    assert.ok(!isLate.aborted, `never held in the page: ${expression}`);
    await pause(50);
  }
}
