// Steps for reauthentication tests: accounts with each set of credentials, and the state that an
// attacker with a stolen cookie could change.
import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import type { TestApp } from '#test/support/app.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import type { Authenticator } from '#test/support/actors/authenticator.ts';
import { signInOwn, withPasskey } from './passkeys.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import type { StandIn } from '#test/support/actors/identity-provider.ts';
import { codeOf, setUpCodes } from './totp.ts';
import { signInUpstream } from './federation.ts';

export interface Owner {
  readonly id: string;
  readonly browser: Browser;
  /** The password that the attacker tries; it is wrong where it is the only factor. */
  readonly password: string;
}

export async function signInWithCode(app: TestApp, person: Person, code: string): Promise<Browser> {
  const browser = app.browser();
  const page = await (await signInOwn(browser, person)).press('verify', { code });
  assert.equal(page.url.pathname, '/auth/account', page.text);
  return browser;
}

export async function withCodes(app: TestApp) {
  const person = await app.createUser();
  const browser = app.browser();
  await signInOwn(browser, person);
  const { secret, recoveryCodes } = await setUpCodes(browser, person);
  return { id: person.id, password: person.password, person, browser, secret, recoveryCodes };
}

export async function withPasswordAlone(app: TestApp): Promise<Owner> {
  const person = await app.createUser();
  const browser = app.browser();
  await signInOwn(browser, person);
  return { id: person.id, browser, password: 'a guess that is wrong' };
}

export async function withOnePasskey(
  app: TestApp,
): Promise<Owner & { device: Authenticator; person: Person }> {
  const person = await app.createUser({ emailVerified: true });
  const { browser, device } = await withPasskey(app, person);
  return { id: person.id, browser, password: person.password, device, person };
}

export async function withLinkedAlone(app: TestApp, other: StandIn): Promise<Owner> {
  const browser = app.browser();
  const asked = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);
  await asked.press('register');
  const [row]: { user_id: string }[] = await app.services.db
    .knex('identities')
    .where({ email: other.state.person.email });
  assert.ok(row);
  return { id: row.user_id, browser, password: '' };
}

/** Posts a form with a valid CSRF token, as a script with the stolen cookie would. */
export async function post(
  app: TestApp,
  browser: Browser,
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<Response> {
  const profile = await browser.open('/auth/account/profile');
  const formToken = profile.form('continue').fields.get('form_token') ?? '';
  const url = new URL(path, app.issuer);
  return app.send(url, {
    method: 'POST',
    body: new URLSearchParams({ form_token: formToken, ...fields }),
    headers: {
      origin: url.origin,
      'sec-fetch-site': 'same-origin',
      cookie: browser.cookies.header(url),
    },
  });
}

const tables = [
  'password_credentials',
  'totp_credentials',
  'recovery_codes',
  'passkeys',
  'identities',
  'account_exports',
  'mail_proofs',
] as const;

/** All account data that a sensitive action can change. */
export async function stateOf({ services }: TestApp, userId: string): Promise<string> {
  const { knex } = services.db;
  const columns = ['email', 'email_verified_at', 'deletion_due_at'];
  const rows = await Promise.all([
    knex('users').where({ id: userId }).select(columns),
    ...tables.map((table) => knex(table).where({ user_id: userId })),
  ]);
  return JSON.stringify(rows);
}

/** Claims of an ID token issued in the session of this browser. */
export async function claimsIn(app: TestApp, browser: Browser) {
  const rp = await app.relyingParty({ first_party: true });
  const request = await rp.request();
  const { idToken } = await rp.exchange(rp.receive(await browser.open(request.url), request));
  return decodeJwt(idToken);
}

export async function isSignedIn(browser: Browser): Promise<boolean> {
  return (await browser.open('/auth/account')).url.pathname === '/auth/account';
}

export { codeOf };
