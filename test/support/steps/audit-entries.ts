// Shared by the audit log tests: requests with a given address and device, and recorded entries.
import assert from 'node:assert/strict';
import type { AuditEvent } from '#core/audit/audit.ts';
import type { TestApp } from '#test/support/app.ts';
import { createBrowser } from '#test/support/actors/cookie-browser.ts';
import type { Person, RelyingParty } from '#test/support/actors/relying-party.ts';
import type { Send } from '#test/support/actors/http-client.ts';

export interface Entry {
  readonly event: string;
  readonly actor_kind: string;
  readonly actor_id: string | null;
  readonly user_id: string | null;
  readonly client_id: string | null;
  readonly session_uid: string | null;
  readonly request_id: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly personal: Readonly<Record<string, unknown>> | null;
}

/** Loopback counts as a trusted proxy, so that tests can choose the client address. */
export const settings = { TRUSTED_PROXIES: '127.0.0.1' };
export const owner = {
  address: '192.0.2.7',
  device: 'Mozilla/5.0 (Windows NT 10.0) Firefox/150.0',
};
export const thief = { address: '203.0.113.9', device: 'curl/8.9' };

export interface Origin {
  readonly address: string;
  readonly device: string;
}

/** Sends requests to the application with the address and user agent of this origin. */
export function from({ send }: TestApp, { address, device }: Origin): Send {
  return (url, request = {}) => {
    const headers = { ...request.headers, 'x-forwarded-for': address, 'user-agent': device };
    return send(url, { ...request, headers });
  };
}

export const browserOf = (app: TestApp) => createBrowser(from(app, owner), app.issuer);

export async function meet(app: TestApp) {
  const rp = await (await app.relyingParty()).through(from(app, owner));
  return { rp, person: await app.createUser() };
}

export function login(
  app: TestApp,
  rp: RelyingParty,
  person: Person,
  parameters: Readonly<Record<string, string>> = {},
) {
  return rp.login(person, parameters, browserOf(app));
}

export async function tryPassword(app: TestApp, rp: RelyingParty, { email, password }: Person) {
  const page = await browserOf(app).open((await rp.request()).url);
  return page.press('sign-in', { login: email, password });
}

/** Entries of this event, in chronological order. */
export async function entriesOf(
  { services }: TestApp,
  event: AuditEvent,
  where: Readonly<Record<string, unknown>>,
): Promise<Entry[]> {
  return services.db
    .knex('audit_events')
    .where({ event, ...where })
    .orderBy(['at', 'id']);
}

export function wordsOf(entry: Entry | undefined) {
  return {
    actor: [entry?.actor_kind, entry?.actor_id],
    user: entry?.user_id,
    client: entry?.client_id,
  };
}

export function about(person: Person, rp: RelyingParty) {
  return { user: person.id, client: rp.app.clientId };
}

export function assertOrigin(entry: Entry | undefined): void {
  const { address, device } = entry?.personal ?? {};
  assert.deepEqual({ address, device }, owner);
  assert.match(entry?.request_id ?? '', /^[\w-]{8,}$/);
}
