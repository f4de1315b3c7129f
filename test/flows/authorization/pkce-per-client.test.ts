// PKCE is a policy of each client (RFC 9700 §2.1.1): one installation with default settings serves
// FAPI clients, ordinary ones, and legacy ones that can send neither PKCE nor a nonce.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/app.ts';
import { assertInvalidGrant } from '#test/roles/outcomes.ts';
import type { AppFacts } from '#test/roles/registrations.ts';
import type { Parameters } from '#test/roles/relying-party.ts';

const withoutPkce = { code_challenge: undefined, code_challenge_method: undefined };
const secret = { auth: 'client_secret_basic' } as const;

describeApp('require_pkce of a client', {}, (app) => {
  it('is true for a confidential client that does not say', async () => {
    assert.equal(await askWithout(app(), secret), 'invalid_request');
  });

  it('lets a nonce replace PKCE when it is false', async () => {
    const facts = { ...secret, require_pkce: false };

    assert.equal(await askWithout(app(), facts), '');
    assert.equal(await askWithout(app(), facts, { nonce: undefined }), 'invalid_request');
    assert.equal(await askWithout(app(), facts, { nonce: '' }), 'invalid_request');
  });

  it('refuses a nonce without an ID token to carry it, when it is false', async () => {
    const facts = { ...secret, require_pkce: false };

    assert.equal(await askWithout(app(), facts, { scope: 'profile' }), 'invalid_request');
  });

  it('requires neither PKCE nor a nonce when it is "off"', async () => {
    const facts = { ...secret, require_pkce: 'off' };

    assert.equal(await askWithout(app(), facts, { nonce: undefined }), '');
  });

  const fixed: readonly (readonly [member: string, facts: AppFacts])[] = [
    ['token_endpoint_auth_method', { auth: 'none' }],
    [
      'require_pushed_authorization_requests',
      { ...secret, require_pushed_authorization_requests: true },
    ],
    ['dpop_bound_access_tokens', { auth: 'private_key_jwt', dpop_bound_access_tokens: true }],
  ];

  for (const [member, facts] of fixed) {
    it(`cannot be relaxed for a client with ${member} (${JSON.stringify(facts)})`, async () => {
      for (const require_pkce of [false, 'off']) {
        await assert.rejects(app().anApp({ ...facts, require_pkce }), {
          code: 'invalid_input',
          message: `require_pkce must be true because of ${member}.`,
        });
      }
    });
  }

  it('must be one of its three values', async () => {
    await assert.rejects(app().anApp({ ...secret, require_pkce: 'sometimes' }), {
      message: 'require_pkce must be true or false or "off".',
    });
  });

  it('requires PKCE at the PAR endpoint of a client that must push requests', async () => {
    const rp = await app().relyingParty({
      auth: 'private_key_jwt',
      require_pushed_authorization_requests: true,
      dpop_bound_access_tokens: true,
    });
    const { url } = await rp.request(withoutPkce);

    const answer = await rp.push(url.searchParams);

    assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_request']);
  });
});

describeApp('PKCE of a client that need not use it', {}, (app) => {
  for (const require_pkce of [false, 'off']) {
    const facts = { ...secret, require_pkce };

    it(`is enforced when the request has a challenge (require_pkce ${require_pkce})`, async () => {
      const rp = await app().relyingParty(facts);
      const person = await app().aPerson();
      const left = await rp.authorize(person);
      const wrong = await rp.authorize(person);

      assertInvalidGrant(await rp.tryExchange(left, { code_verifier: undefined }));
      assertInvalidGrant(await rp.tryExchange(wrong, { code_verifier: 'a'.repeat(43) }));
    });

    it(`knows S256 only (require_pkce ${require_pkce})`, async () => {
      const rp = await app().relyingParty(facts);

      for (const parameters of [
        { code_challenge_method: 'plain' },
        { code_challenge_method: undefined },
        { code_challenge: undefined },
      ]) {
        const { url } = await rp.request(parameters);
        const page = await app().browser().open(url);
        assert.equal(page.url.searchParams.get('error'), 'invalid_request');
      }
    });

    it(`refuses a verifier for a code without challenge (require_pkce ${require_pkce})`, async () => {
      const rp = await app().relyingParty(facts);
      const callback = await rp.authorize(await app().aPerson(), withoutPkce);

      assertInvalidGrant(await rp.tryExchange(callback));
    });

    it(`redeems a code without challenge (require_pkce ${require_pkce})`, async () => {
      const rp = await app().relyingParty(facts);
      const callback = await rp.authorize(await app().aPerson(), withoutPkce);

      const answer = await rp.tryExchange(callback, { code_verifier: undefined });

      assert.equal(answer.status, 200, answer.text);
    });
  }
});

describeApp(
  'REQUIRE_PKCE=public is the default of new clients',
  { settings: { REQUIRE_PKCE: 'public' } },
  (app) => {
    it('is written into confidential clients, and not into others', async () => {
      const registered = await Promise.all(
        [secret, {}, { ...secret, require_pushed_authorization_requests: true }].map((facts) =>
          app().anApp(facts),
        ),
      );

      const policies = registered.map(({ metadata }) => metadata['require_pkce']);
      assert.deepEqual(policies, [false, true, true]);
    });

    it('does not spare a client that says true', async () => {
      assert.equal(await askWithout(app(), { ...secret, require_pkce: true }), 'invalid_request');
    });

    it('does not spare a client that requires pushed requests or DPoP', async () => {
      const rp = await app().relyingParty({ ...secret, dpop_bound_access_tokens: true });
      const { url } = await rp.request(withoutPkce);

      const page = await app().browser().open(url);

      assert.equal(page.url.searchParams.get('error'), 'invalid_request');
    });

    it('holds for a client that was registered before, whose metadata do not say', async () => {
      const rp = await app().relyingParty(secret);
      await forgetPolicy(app(), rp.app.clientId);
      const pending = await rp.request(withoutPkce);

      const page = await app().browser().open(pending.url);

      assert.equal(page.has('sign-in'), true);
    });
  },
);

describeApp('the policy of clients from before it was part of their metadata', {}, (app) => {
  it('is settled once, by the setting, and never relaxes public or FAPI clients', async () => {
    const [confidential, open, fapi] = await Promise.all([
      app().anApp(secret),
      app().anApp(),
      app().anApp({ ...secret, dpop_bound_access_tokens: true }),
    ]);
    for (const { clientId } of [confidential, open, fapi]) await forgetPolicy(app(), clientId);
    const { clients } = app().installation.services;

    await clients.settlePkce({ requirePkce: 'public' });
    await clients.settlePkce({ requirePkce: 'all' });

    const policies = [];
    for (const { clientId } of [confidential, open, fapi]) {
      policies.push(
        (await app().installation.stores.clients.find(clientId))?.metadata['require_pkce'],
      );
    }
    assert.deepEqual(policies, [false, true, true]);
  });
});

/** The error that a request without PKCE is answered with; empty when the sign-in page is shown. */
async function askWithout(app: TestApp, facts: AppFacts, parameters: Parameters = {}) {
  const rp = await app.relyingParty(facts);
  const { url } = await rp.request({ ...withoutPkce, ...parameters });
  const page = await app.browser().open(url);
  if (page.has('sign-in')) return '';
  return page.url.searchParams.get('error') ?? `no error: ${page.status}`;
}

/** Makes the client one of a version that did not know the member. */
async function forgetPolicy({ installation }: TestApp, clientId: string): Promise<void> {
  const { db, services } = installation;
  await db.knex.raw(`update clients set metadata = metadata - 'require_pkce' where client_id = ?`, [
    clientId,
  ]);
  await services.changes.announce({ clientId });
}
