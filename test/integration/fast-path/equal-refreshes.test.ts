// A refresh on the fast path has the same response and leaves the same rows and audit entries as one
// that oidc-provider answers behind the middleware (docs/decisions/0050).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, shareInSuite, type AppOptions } from '#test/support/app.ts';
import { offline } from '#test/support/data/outcomes.ts';
import type { AppFacts } from '#test/support/data/registrations.ts';
import { playScenario, type Scenario } from '#test/support/fast-path/refreshes.ts';
import { refreshRequest } from '#test/support/fast-path/scenarios.ts';
import { replaceMetadata } from '#test/support/steps/client-registration.ts';
import { openTwoWays } from '#test/support/fast-path/two-ways.ts';

const confidential = { auth: 'client_secret_basic' } as const;
const scope = 'openid email offline_access read write';

const options: AppOptions = { arrangement: 'postgres, memory' };

describeApp('refreshes with and without the fast path', options, (app) => {
  const ways = shareInSuite((works) => openTwoWays(works, app()));

  interface Plan {
    readonly facts?: AppFacts;
    readonly parameters?: Readonly<Record<string, string>>;
    readonly play: Scenario;
    /** False if no request of the scenario is answered directly. */
    readonly isDirect?: boolean;
  }

  /** Returns what the scenario returned with the fast path. */
  async function compare({ facts = confidential, parameters, play, ...plan }: Plan) {
    const client = await app().createClient(facts);
    const shared = { client, parameters: parameters ?? { ...offline, scope }, play };
    const answered = () => ways().count('token', 'answered') + ways().count('token', 'direct');
    const known = answered();
    const knownDirect = ways().count('token', 'direct');
    const fast = await playScenario(app(), ways(), { way: 'fast', ...shared });
    assert.ok(answered() > known, 'the fast path answered nothing');
    const isDirect = ways().count('token', 'direct') > knownDirect;
    assert.equal(isDirect, plan.isDirect ?? true);
    const engine = await playScenario(app(), ways(), { way: 'engine', ...shared });
    assert.deepEqual(fast, engine);
    return fast.result;
  }

  const once: Scenario = async ({ tokens, refresh }) => {
    await refresh(tokens.refreshToken);
  };

  it('rotates the token', async () => {
    await compare({ play: once });
  });

  it('rotates the token of a public client', async () => {
    await compare({ facts: { auth: 'none' }, play: once });
  });

  it('rotates the token of a client that signs assertions', async () => {
    await compare({ facts: { auth: 'private_key_jwt' }, play: once });
  });

  it('rotates a token that ends with the session', async () => {
    await compare({ parameters: { scope: 'openid' }, play: once });
  });

  it('issues ID tokens with the claims of the registration', async () => {
    const facts = { ...confidential, id_token_claims: 'all', subject_type: 'pairwise' };
    await compare({ facts, play: once });
  });

  it('issues a JWT for an API', async () => {
    const { audience: resource } = await app().createApi({ accessTokenFormat: 'jwt' });
    const parameters = { ...offline, scope: 'openid read offline_access', resource };
    await compare({ parameters, play: once });
  });

  it('limits or refuses the scope', async () => {
    const play: Scenario = async ({ tokens, refresh }) => {
      await refresh(tokens.refreshToken, { scope: 'openid unknown' });
      const next = await refresh(tokens.refreshToken, { scope: 'openid' });
      await refresh(next, { scope: 'email', resource: 'https://unknown.example' });
    };
    await compare({ play });
  });

  it('answers a retry with the same successor', async () => {
    const play: Scenario = async ({ tokens, refresh }) => {
      const first = await refresh(tokens.refreshToken);
      return first !== '' && first === (await refresh(tokens.refreshToken));
    };
    assert.equal(await compare({ play }), true);
  });

  it('detects reuse once, and revokes the family', async () => {
    const play: Scenario = async ({ tokens, refresh }) => {
      const next = await refresh(tokens.refreshToken);
      const last = await refresh(next);
      await refresh(tokens.refreshToken);
      await refresh(tokens.refreshToken);
      return refresh(last);
    };
    assert.equal(await compare({ play }), '');
  });

  it('refuses a token at once after its user was blocked', async () => {
    const play: Scenario = async ({ tokens, userId, refresh }) => {
      const next = await refresh(tokens.refreshToken);
      await app().block(userId);
      return refresh(next);
    };
    assert.equal(await compare({ play }), '');
  });

  for (const [lost, change] of [
    ['its grant type', { grant_types: ['authorization_code'] }],
    ['the scope offline_access', { scope: 'openid email read write' }],
  ] as const) {
    it(`refuses a token whose client lost ${lost}`, async () => {
      const play: Scenario = async ({ tokens, client, refresh }) => {
        const { clientId, metadata } = client;
        await replaceMetadata(app(), clientId, { ...metadata, ...change });
        const refused = await refresh(tokens.refreshToken);
        await replaceMetadata(app(), clientId, metadata);
        return [refused, (await refresh(tokens.refreshToken)) !== ''];
      };
      assert.deepEqual(await compare({ play }), ['', true]);
    });
  }

  it('refuses the token of another client', async () => {
    const other = await app().createClient(confidential);
    const play: Scenario = async ({ tokens, refresh }) => {
      for (const way of ['fast', 'engine'] as const) {
        const { status } = await ways().send(
          way,
          refreshRequest(app(), other, tokens.refreshToken),
        );
        assert.equal(status, 400);
      }
      await refresh(tokens.refreshToken);
    };
    await compare({ play });
  });

  it('gives concurrent requests the same successor', async () => {
    const play: Scenario = async ({ tokens, refresh }) => {
      const turns = Array.from({ length: 6 }, () => refresh(tokens.refreshToken));
      return new Set(await Promise.all(turns)).size;
    };
    assert.equal(await compare({ play }), 1);
  });
});
