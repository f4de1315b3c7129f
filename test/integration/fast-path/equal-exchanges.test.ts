// An exchange of a code on the fast path has the same response and leaves the same rows and audit entries
// as one that oidc-provider answers behind the middleware (docs/decisions/0061).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, shareInSuite, type AppOptions } from '#test/support/app.ts';
import { offline } from '#test/support/data/outcomes.ts';
import {
  compareExchanges,
  confidential,
  presentByAnother,
  race,
  replay,
  type ExchangePlan,
  type ExchangeScenario,
} from '#test/support/fast-path/exchanges.ts';
import { openTwoWays } from '#test/support/fast-path/two-ways.ts';

const scope = 'openid email profile roles groups offline_access read write';

const options: AppOptions = {
  arrangement: 'postgres, memory',
  settings: { REQUIRE_PKCE: 'public' },
};

describeApp('code exchanges with and without the fast path', options, (app) => {
  const ways = shareInSuite((works) => openTwoWays(works, app()));
  const compare = (plan: ExchangePlan) => compareExchanges(app(), ways(), plan);

  it('issues an access token, a refresh token and an ID token', async () => {
    const play: ExchangeScenario = async ({ authorize, exchange, refresh }) => {
      const tokens = await exchange(await authorize());
      return Object.keys(await refresh(tokens.refresh_token)).length;
    };
    assert.ok(Number(await compare({ play })) > 4);
  });

  for (const [name, facts] of [
    ['a public client', { auth: 'none' }],
    ['a client that posts its secret', { auth: 'client_secret_post' }],
    ['a client that signs assertions', { auth: 'private_key_jwt' }],
    ['a client of the operator', { ...confidential, first_party: true }],
    ['a client without refresh tokens', { ...confidential, grant_types: ['authorization_code'] }],
    ['a client of a security profile', { auth: 'none', profile: 'spa' }],
    [
      'a client with pairwise subjects, claims in the ID token and another algorithm',
      { ...confidential, id_token_claims: 'all', subject_type: 'pairwise' },
    ],
    ['a client whose ID tokens are signed with RSA', { id_token_signed_response_alg: 'RS256' }],
    ['a client for which others may act', { ...confidential, may_act: { sub: 'another' } }],
  ] as const) {
    it(`issues tokens to ${name}`, async () => {
      assert.equal(await compare({ facts }), 'exchanged');
    });
  }

  it('issues tokens that end with the session', async () => {
    const play: ExchangeScenario = async ({ authorize, exchange, refresh }) => {
      const { browser, ...callback } = await authorize();
      const tokens = await exchange(callback);
      await refresh(tokens.refresh_token);
    };
    await compare({ parameters: { scope: 'openid email' }, play });
  });

  it('accepts a code without a challenge, and refuses a verifier for it', async () => {
    const parameters = {
      scope: 'openid',
      code_challenge: undefined,
      code_challenge_method: undefined,
    };
    const play: ExchangeScenario = async ({ authorize, exchange }) => {
      const callback = await authorize();
      const refused = await exchange(callback);
      return [refused.error, (await exchange(callback, { code_verifier: undefined })).error];
    };
    assert.deepEqual(await compare({ parameters, play }), ['invalid_grant', undefined]);
  });

  for (const [name, facts] of [
    ['opaque', {}],
    ['a JWT', { accessTokenFormat: 'jwt' }],
    ['a revocable JWT', { accessTokenFormat: 'jwt', revocable: true }],
    ['a short one', { accessTokenSeconds: 60 }],
  ] as const) {
    it(`issues an access token for an API: ${name}`, async () => {
      const { audience: resource } = await app().createApi(facts);
      for (const requested of ['openid read offline_access', 'read']) {
        const nonce = requested.includes('openid') ? {} : { nonce: undefined };
        const parameters = { scope: requested, resource, prompt: 'consent', ...nonce };
        const repeated: ExchangeScenario = async ({ authorize, exchange }) =>
          exchange(await authorize(), { resource }).then(({ error }) => error);
        assert.equal(await compare({ parameters }), 'exchanged');
        assert.equal(await compare({ parameters, play: repeated }), undefined);
      }
    });
  }

  it('refuses an API other than that of the code, and keeps the code', async () => {
    const { audience: resource } = await app().createApi();
    const play: ExchangeScenario = async ({ authorize, exchange }) => {
      const callback = await authorize();
      const { error } = await exchange(callback, { resource: 'https://unknown.example' });
      return [error, (await exchange(callback)).error];
    };
    const parameters = { scope: 'openid read', resource };
    assert.deepEqual(await compare({ parameters, play }), ['invalid_target', undefined]);
  });

  it('leaves codes for several APIs or with requested claims to oidc-provider', async () => {
    const apis = [await app().createApi(), await app().createApi()];
    const resource = apis.map(({ audience }) => audience);
    const several = { scope: 'openid read offline_access', resource, prompt: 'consent' };
    const claims = JSON.stringify({ id_token: { email: null }, userinfo: { name: null } });
    for (const parameters of [several, { claims }, { max_age: '600' }, { acr_values: 'x' }]) {
      assert.equal(await compare({ parameters, isDirect: false }), 'exchanged');
    }
  });

  it('refuses a code that names a key if no proof is sent', async () => {
    const parameters = { dpop_jkt: 'wc3dmTCKgO6Lq9dIg7VjSbkBLlaMVLXqQ8yyWSv5jP4' };
    assert.equal(await compare({ parameters, isDirect: false }), 'invalid_grant');
  });

  it('refuses another verifier or redirect_uri, and keeps the code', async () => {
    const play: ExchangeScenario = async ({ authorize, exchange, rp }) => {
      const callback = await authorize();
      const { verifier } = await rp.request();
      const changes = [
        { code_verifier: verifier },
        { code_verifier: undefined },
        { code_verifier: 'short' },
        { redirect_uri: `${callback.redirectUri}/` },
        { redirect_uri: undefined },
        { code: `${callback.code}x` },
        { scope: 'openid' },
      ];
      const errors = [];
      for (const change of changes) errors.push((await exchange(callback, change)).error);
      return errors;
    };
    const errors = await compare({ play, isDirect: false });
    assert.deepEqual(errors, [
      'invalid_grant',
      'invalid_grant',
      'invalid_request',
      'invalid_grant',
      'invalid_request',
      'invalid_grant',
      undefined,
    ]);
  });

  it('refuses the code of another client, and keeps it', async () => {
    const other = await app().createClient(confidential);
    const play = presentByAnother(app(), ways(), other);
    assert.equal(await compare({ play }), undefined);
  });

  for (const parameters of [{ ...offline, scope }, { scope: 'openid' }]) {
    for (const [grant_types, refusal] of [
      [['authorization_code', 'refresh_token'], 'invalid_grant'],
      [['authorization_code'], 'unauthorized_client'],
    ] as const) {
      it(`revokes what was issued for a code that is used again: ${parameters.scope}, ${grant_types.length}`, async () => {
        const facts = { ...confidential, grant_types };
        const errors = await compare({ facts, parameters, play: replay });
        assert.deepEqual(errors, ['invalid_grant', 'invalid_grant', refusal]);
      });

      it(`redeems a code in one of twenty concurrent requests: ${parameters.scope}, ${grant_types.length}`, async () => {
        const facts = { ...confidential, grant_types };
        const outcome = await compare({ facts, parameters, play: race });
        assert.deepEqual(outcome, [1, 19, refusal]);
      });
    }
  }
});
