// PKCE is a policy per client (RFC 9700 §2.1.1): one services with default settings serves
// FAPI clients, ordinary clients and legacy clients that can send neither PKCE nor a nonce.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { assertInvalidGrant } from '#test/support/data/outcomes.ts';
import type { AppFacts } from '#test/support/data/registrations.ts';
import type { Parameters } from '#test/support/actors/relying-party.ts';

const withoutPkce = { code_challenge: undefined, code_challenge_method: undefined };
const secret = { auth: 'client_secret_basic' } as const;

describeApp('the client metadata require_pkce', {}, (app) => {
  it('requires PKCE of a confidential client by default', async () => {
    assert.equal(await requestWithoutPkce(app(), secret), 'invalid_request');
  });

  it('accepts a nonce instead of PKCE with require_pkce=false', async () => {
    const facts = { ...secret, require_pkce: false };

    assert.equal(await requestWithoutPkce(app(), facts), '');
    assert.equal(await requestWithoutPkce(app(), facts, { nonce: undefined }), 'invalid_request');
    assert.equal(await requestWithoutPkce(app(), facts, { nonce: '' }), 'invalid_request');
  });

  it('refuses a nonce without the scope openid with require_pkce=false', async () => {
    const facts = { ...secret, require_pkce: false };

    assert.equal(await requestWithoutPkce(app(), facts, { scope: 'profile' }), 'invalid_request');
  });

  it('requires neither PKCE nor a nonce with require_pkce="off"', async () => {
    const facts = { ...secret, require_pkce: 'off' };

    assert.equal(await requestWithoutPkce(app(), facts, { nonce: undefined }), '');
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
        await assert.rejects(app().createClient({ ...facts, require_pkce }), {
          code: 'invalid_input',
          message: `require_pkce must be true because of ${member}.`,
        });
      }
    });
  }

  it('rejects any value other than true, false and "off"', async () => {
    await assert.rejects(app().createClient({ ...secret, require_pkce: 'sometimes' }), {
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

describeApp('a client for which PKCE is optional', {}, (app) => {
  for (const require_pkce of [false, 'off']) {
    const facts = { ...secret, require_pkce };

    it(`must send the verifier of its challenge (require_pkce ${require_pkce})`, async () => {
      const rp = await app().relyingParty(facts);
      const person = await app().createUser();
      const left = await rp.authorize(person);
      const wrong = await rp.authorize(person);

      assertInvalidGrant(await rp.tryExchange(left, { code_verifier: undefined }));
      assertInvalidGrant(await rp.tryExchange(wrong, { code_verifier: 'a'.repeat(43) }));
    });

    it(`can use S256 only (require_pkce ${require_pkce})`, async () => {
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

    it(`cannot send a verifier without a challenge (require_pkce ${require_pkce})`, async () => {
      const rp = await app().relyingParty(facts);
      const callback = await rp.authorize(await app().createUser(), withoutPkce);

      assertInvalidGrant(await rp.tryExchange(callback));
    });

    it(`can redeem a code without a challenge (require_pkce ${require_pkce})`, async () => {
      const rp = await app().relyingParty(facts);
      const callback = await rp.authorize(await app().createUser(), withoutPkce);

      const answer = await rp.tryExchange(callback, { code_verifier: undefined });

      assert.equal(answer.status, 200, answer.text);
    });
  }
});

describeApp(
  'REQUIRE_PKCE=public as the default of new clients',
  { settings: { REQUIRE_PKCE: 'public' } },
  (app) => {
    it('is stored as require_pkce=false in confidential clients only', async () => {
      const registered = await Promise.all(
        [secret, {}, { ...secret, require_pushed_authorization_requests: true }].map((facts) =>
          app().createClient(facts),
        ),
      );

      const policies = registered.map(({ metadata }) => metadata['require_pkce']);
      assert.deepEqual(policies, [false, true, true]);
    });

    it('does not override require_pkce=true', async () => {
      assert.equal(
        await requestWithoutPkce(app(), { ...secret, require_pkce: true }),
        'invalid_request',
      );
    });

    it('does not exempt a client that requires DPoP', async () => {
      const rp = await app().relyingParty({ ...secret, dpop_bound_access_tokens: true });
      const { url } = await rp.request(withoutPkce);

      const page = await app().browser().open(url);

      assert.equal(page.url.searchParams.get('error'), 'invalid_request');
    });

    it('applies to an existing client whose metadata lacks require_pkce', async () => {
      const rp = await app().relyingParty(secret);
      await forgetPolicy(app(), rp.app.clientId);
      const pending = await rp.request(withoutPkce);

      const page = await app().browser().open(pending.url);

      assert.equal(page.has('sign-in'), true);
    });
  },
);

describeApp('the migration of clients without require_pkce', {}, (app) => {
  it('sets require_pkce once from REQUIRE_PKCE; public and FAPI clients keep true', async () => {
    const [confidential, open, fapi] = await Promise.all([
      app().createClient(secret),
      app().createClient(),
      app().createClient({ ...secret, dpop_bound_access_tokens: true }),
    ]);
    for (const { clientId } of [confidential, open, fapi]) await forgetPolicy(app(), clientId);
    const { clients } = app().services;

    await clients.settlePkce({ requirePkce: 'public' });
    await clients.settlePkce({ requirePkce: 'all' });

    const policies = [];
    for (const { clientId } of [confidential, open, fapi]) {
      policies.push((await app().services.clientStore.find(clientId))?.metadata['require_pkce']);
    }
    assert.deepEqual(policies, [false, true, true]);
  });
});

/** The error of a request without PKCE, or an empty string if the sign-in page is shown. */
async function requestWithoutPkce(app: TestApp, facts: AppFacts, parameters: Parameters = {}) {
  const rp = await app.relyingParty(facts);
  const { url } = await rp.request({ ...withoutPkce, ...parameters });
  const page = await app.browser().open(url);
  if (page.has('sign-in')) return '';
  return page.url.searchParams.get('error') ?? `no error: ${page.status}`;
}

/** Removes the member, as if an earlier version had registered the client. */
async function forgetPolicy({ services }: TestApp, clientId: string): Promise<void> {
  const { db } = services;
  await db.knex.raw(`update clients set metadata = metadata - 'require_pkce' where client_id = ?`, [
    clientId,
  ]);
  await services.invalidation.publish({ clientId });
}
