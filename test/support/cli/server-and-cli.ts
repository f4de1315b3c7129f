// A server in the test's process and the command line in another, both on one PostgreSQL.
import assert from 'node:assert/strict';
import type { Environment } from '#config/config.ts';
import { cheapSettings, settable, startTestApp } from '#test/support/app.ts';
import { createDatabase, type CleanUp } from '#test/support/services/databases.ts';
import { closeInReverse, openShell, type Ran } from './shell.ts';

export async function openBoth(t: CleanUp, more: Environment = {}) {
  const closing = closeInReverse(t);
  const DATABASE_URL = settable(await createDatabase(closing));
  const app = await startTestApp(closing, { settings: { DATABASE_URL, ...more } });
  const { ENCRYPTION_KEYS = '', COOKIE_KEYS = '' } = cheapSettings;
  const settings = { DATABASE_URL, ENCRYPTION_KEYS, COOKIE_KEYS, ISSUER: app.issuer };
  return { app, settings, shell: await openShell(closing, settings) };
}

/** The counts of a receipt, by kind. */
export function countsOf(ran: Ran): Readonly<Record<string, unknown>> {
  const parts = ran.json()['parts'];
  assert.ok(Array.isArray(parts));
  return Object.fromEntries(parts.map((part) => [String(part.kind), part.count]));
}
