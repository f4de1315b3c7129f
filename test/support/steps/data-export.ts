// Steps for data export tests: request and download a copy, and inspect the rows that remain.
import assert from 'node:assert/strict';
import type { TestApp } from '#test/support/app.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import { offline } from '#test/support/data/outcomes.ts';

export const path = '/auth/account/export';

export async function signedIn(app: TestApp) {
  const rp = await app.relyingParty();
  const person = await app.createUser();
  const { browser } = await rp.login(person, offline);
  return { person, browser };
}

/** A signed-in user whose copy is ready for download. */
export async function withCopy(app: TestApp) {
  const { person, browser } = await signedIn(app);
  const page = await browser.open(path);
  const asked = await page.press('request', { password: person.password });
  assert.ok(asked.has('making'), asked.text);
  await app.services.exportWriter.makeDue();
  return { person, browser, page: await browser.open(path) };
}

export async function auditOf(app: TestApp, userId: string, event: string): Promise<number> {
  const rows: unknown[] = await app.services.db.knex('audit_events').where({
    user_id: userId,
    event,
  });
  return rows.length;
}

export async function exportIdOf(app: TestApp, userId: string): Promise<string> {
  const [row] = await app.services.db.knex('account_exports').where({ user_id: userId });
  return String(row.id);
}

export async function chunksLeft(app: TestApp, id: string): Promise<number> {
  const { knex } = app.services.db;
  const rows: unknown[] = await knex('account_export_chunks').where({ export_id: id });
  return rows.length;
}

export interface Copy {
  readonly data: {
    readonly about_this_file: { readonly issuer: string; readonly subject: string };
    readonly account: { readonly claims: Readonly<Record<string, unknown>> };
    readonly activity: readonly { readonly event: string; readonly address?: string }[];
    readonly apps: readonly { readonly app: string }[];
    readonly sessions: readonly unknown[];
    readonly supplements: readonly unknown[];
    readonly [part: string]: unknown;
  };
  readonly signature: string;
}

export function parseCopy(text: string): Copy {
  return JSON.parse(text) as Copy; // The application under test produced this JSON.
}

export async function download(browser: Browser): Promise<string> {
  return (await (await browser.open(path)).press('download')).html;
}
