// Client IDs that are property names of Object.prototype: used as keys of a plain object, they
// would reach state that all objects of the process share (prototype pollution).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { createApiClient } from '#test/support/actors/api-client.ts';

const names = Object.getOwnPropertyNames(Object.prototype);

/** Stores a client without checking its ID, as version 0.1.0 did. */
async function storeClient({ services, createClient }: TestApp, clientId: string): Promise<void> {
  const { metadata } = await createClient();
  await services.clientStore.insert({
    clientId,
    secretHash: undefined,
    firstParty: true,
    resources: [],
    metadata,
    createdAt: new Date(),
  });
}

function authorizationUrl({ issuer }: TestApp, clientId: string): string {
  const parameters = {
    client_id: clientId,
    redirect_uri: 'https://rp.example/cb',
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  };
  return `${issuer}/oauth2/authorize?${String(new URLSearchParams(parameters))}`;
}

describeApp('a client ID that is a property name of Object.prototype', {}, (app) => {
  it('cannot be registered as the ID of a client', async () => {
    assert.ok(names.includes('__proto__') && names.includes('constructor'));
    for (const name of names) {
      await assert.rejects(
        app().createClient({ client_id: name }),
        /client_id must be another name/,
        name,
      );
    }
  });

  it('is unknown even if it is stored, and harms neither sessions nor the API', async () => {
    const person = await app().createUser();
    const browser = app().browser();
    const page = await browser.open('/auth/sign-in');
    await page.press('sign-in', { login: person.email, password: person.password });
    const api = await createApiClient(app());

    for (const name of ['__proto__', 'constructor', 'toString']) {
      await storeClient(app(), name);
      const answer = await browser.open(authorizationUrl(app(), name));
      assert.equal(answer.status, 400, name);
    }

    assert.deepEqual(Object.keys(Object.prototype), []);
    assert.deepEqual(Object.keys(Object), []);
    assert.equal((await api.get('sessions')).status, 200);
    assert.equal((await api.post(`users/${person.id}/revoke-tokens`)).status, 200);
  });
});
