// An administrator who signs in as a user, in the panel.
import assert from 'node:assert/strict';
import type { TestApp } from '#test/support/app.ts';
import type { Page } from '#test/support/actors/cookie-browser.ts';
import type { Person } from '#test/support/actors/relying-party-types.ts';
import { signInToPanel } from './panel.ts';

export const impersonating = { IMPERSONATION_MINUTES: '15' };

export type Admin = Awaited<ReturnType<typeof signInToPanel>>;

/** Presses "Sign in as this user". @returns the page that follows */
export async function impersonate(admin: Admin, { id }: Pick<Person, 'id'>): Promise<Page> {
  const form = await admin.open(`/users/${id}/impersonate`);
  return form.press('submit', { reason: 'Case 4711' });
}

/** An administrator who is signed in as a user in one browser. */
export async function anImpersonation(app: TestApp, name = 'Mary Poppins') {
  const admin = await signInToPanel(app);
  const user = await app.createUser({ claims: { name } });
  const page = await impersonate(admin, user);
  assert.equal(page.url.pathname, '/auth/account', page.text);
  const [listed] = (await app.services.impersonations.list({ after: undefined, limit: 1 })).items;
  assert.ok(listed);
  return { admin, user, page, browser: admin.browser, impersonation: listed };
}

/** True if the page says that an administrator is signed in as a user. */
export function hasBanner(page: Page): boolean {
  return page.has('impersonation') && page.has('impersonation-end');
}
