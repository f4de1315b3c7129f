// What people do on our pages, step by step, and what they read there.
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Person } from '#test/roles/relying-party.ts';

export async function fillSignIn(page: Page, { email, password }: Omit<Person, 'id'>) {
  await page.fill('input[name=login]', email);
  await page.fill('input[name=password]', password);
}

/** Types e-mail and password and sends them. */
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

export async function allow(page: Page): Promise<void> {
  await page.click('#allow');
}

/** Waits until the app has the browser back, and gives the text of what it shows there. */
export async function backAtApp(page: Page, id: 'subject' | 'app-error' = 'subject') {
  return readText(page, `#${id}`);
}

/** Waits until the playground has read its answer. */
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

/** The account page asks for a sign-in: this browser has no session that is good for anything. */
export async function seeNobodyIn(page: Page, issuer: string): Promise<void> {
  await page.goto(`${issuer}/auth/account`);
  await seeHeading(page, 'Sign in');
}

/** Waits for the error page and returns its text, which always holds the request's number. */
export async function seeError(page: Page, code: string): Promise<string> {
  await page.waitForSelector(`#error[data-error="${code}"]`);
  const text = await readText(page, '#error');
  assert.match(text, /If you ask for help, please give this number: \S{8,}/);
  return text;
}

export async function focusedId(page: Page): Promise<string> {
  // The types of a page's document are not those of this program: it travels as text.
  return page.evaluate<string>('document.activeElement?.id ?? ""');
}
