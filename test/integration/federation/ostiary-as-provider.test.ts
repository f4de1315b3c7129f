// Two instances of Ostiary, one of which is an identity provider of the other, with a client
// secret and with signed client assertions (private_key_jwt).
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import { startTestApp, type Arrangement } from '#test/support/app.ts';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import type { Person } from '#test/support/actors/relying-party.ts';

async function startInstances(t: TestContext, arrangement: Arrangement, isSigned: boolean) {
  const upstream = await startTestApp(t, { arrangement });
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const provider = {
    id: 'second',
    name: 'The other instance',
    issuer: upstream.issuer,
    client_id: 'this-instance',
    trust_email: true,
    ...(isSigned
      ? { private_key: { ...(await exportJWK(privateKey)), kid: 'k1' } }
      : { client_secret: 'a-secret-of-thirty-two-characters-or-more' }),
  };
  const settings = { OUTBOUND_ALLOW: '127.0.0.1', SIGN_IN_PROVIDERS: JSON.stringify([provider]) };
  const app = await startTestApp(t, { arrangement, settings });
  await upstream.createClient({
    client_id: 'this-instance',
    redirect_uris: [`${app.issuer}/auth/with/second/callback`],
    token_endpoint_auth_method: isSigned ? 'private_key_jwt' : 'client_secret_basic',
    ...(isSigned
      ? {
          jwks: {
            keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', use: 'sig', alg: 'ES256' }],
          },
        }
      : { client_secret: 'a-secret-of-thirty-two-characters-or-more' }),
  });
  return { app, upstream };
}

/** Completes the pages of the upstream instance as a user with an account there. */
async function pass(here: Browser, there: Browser, page: Page, person: Person): Promise<Page> {
  const away = await page.press('with-second');
  let foreign = await there.open(away.url);
  if (foreign.has('sign-in')) {
    foreign = await foreign.press('sign-in', { login: person.email, password: person.password });
  }
  if (foreign.has('allow')) foreign = await foreign.press('allow');
  return here.open(foreign.url);
}

describe('two federated instances', () => {
  for (const arrangement of ['postgres, redis', 'embedded, memory'] as const) {
    for (const isSigned of [true, false]) {
      it(`sign in with ${isSigned ? 'private_key_jwt' : 'a client secret'} (${arrangement})`, async (t) => {
        const { app, upstream } = await startInstances(t, arrangement, isSigned);
        const claims = { name: 'Ada Lovelace' };
        const person = await upstream.createUser({ emailVerified: true, claims });
        const [here, there] = [app.browser(), upstream.browser()];

        const asked = await pass(here, there, await here.open('/auth/sign-in'), person);
        const account = await asked.press('register');
        const rp = await app.relyingParty();
        const pending = await rp.request({ prompt: 'login' });
        const returned = await pass(here, there, await here.open(pending.url), person);
        const tokens = await rp.exchange(rp.receive(await returned.press('allow'), pending));

        assert.match(asked.text, new RegExp(`The other instance ${person.email}`));
        assert.equal(account.url.pathname, '/auth/account', account.text);
        assert.match(account.text, new RegExp(`Ada Lovelace.*${person.email} Confirmed`, 's'));
        assert.deepEqual(tokens.claims['amr'], ['fed']);
        assert.notEqual(tokens.claims['sub'], person.id);
      });
    }
  }
});
