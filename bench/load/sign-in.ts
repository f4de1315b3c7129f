// The rounds of a password sign-in, one for each server that has it: from the authorization request of a
// browser without cookies to the code.
import { headersOf, type Answer } from './connection.ts';
import type { Materials, Round } from './flow.ts';
import { check, codeOf, expectStatus, get, pathOf, post } from './requests.ts';

/** Sign-in page, form, back to the provider, back to the client. */
export function* signIn(materials: Materials, user: number): Round {
  const { host, authorizePath, people, redirectUri } = materials;
  const { email: login = '', password = '' } = people[user] ?? {};
  const sentAway = yield get(host, authorizePath);
  expectStatus(sentAway, 303);
  const cookie = cookiesOf(sentAway);
  const address = pathOf(sentAway);
  const page = yield get(host, address, { cookie });
  expectStatus(page, 200);
  const form_token = /name="form_token" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
  const fields = { form_token, login, password };
  const signedIn = yield post(host, `${address}/sign-in`, fields, '', { cookie });
  expectStatus(signedIn, 303);
  codeOf(yield get(host, pathOf(signedIn), { cookie }), redirectUri);
}

/** The floor server has no pages: it receives the form and redirects. */
export function* signInAtFloor(materials: Materials, user: number): Round {
  const { host, authorizePath, people, redirectUri } = materials;
  const { email: login = '', password = '' } = people[user] ?? {};
  const path = `/sign-in${authorizePath.slice(authorizePath.indexOf('?'))}`;
  codeOf(yield post(host, path, { login, password }, ''), redirectUri);
}

/** Keycloak answers the authorization request with its page, and the form with the code. */
export function* signInAtKeycloak(materials: Materials, user: number): Round {
  const { host, authorizePath, people, redirectUri } = materials;
  const { email: username = '', password = '' } = people[user] ?? {};
  const page = yield get(host, authorizePath);
  expectStatus(page, 200);
  const action = /<form id="kc-form-login"[^>]* action="([^"]+)"/.exec(page.body)?.[1];
  check(page, action !== undefined);
  const { pathname, search } = new URL((action ?? '').replaceAll('&amp;', '&'));
  const cookie = cookiesOf(page);
  const fields = { username, password, credentialId: '' };
  codeOf(yield post(host, pathname + search, fields, '', { cookie }), redirectUri);
}

/** The cookies that an answer sets, as the next request sends them. */
function cookiesOf(answer: Answer): string {
  return headersOf(answer, 'set-cookie')
    .map((line) => line.split(';', 1)[0])
    .join('; ');
}
