// A refresh on the fast path has the same response and leaves the same rows and audit entries as one
// that oidc-provider answers behind the middleware (docs/decisions/0050).
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { describeApp, shareInSuite, type AppOptions } from '#test/support/app.ts';
import { offline } from '#test/support/data/outcomes.ts';
import {
  confidential,
  createComparison,
  type Scenario,
} from '#test/support/fast-path/refreshes.ts';
import { refreshRequest } from '#test/support/fast-path/scenarios.ts';
import { replaceMetadata } from '#test/support/steps/client-registration.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { openBreakableWays } from '#test/support/fast-path/failures.ts';
import { openTwoWays } from '#test/support/fast-path/two-ways.ts';

const options: AppOptions = { arrangement: 'postgres, memory' };

describeApp('refreshes with and without the fast path', options, (app) => {
  const ways = shareInSuite((works) => openTwoWays(works, app()));

  const compare = createComparison(app, ways);

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

  it('gives concurrent requests the same successor', async () => {
    const play: Scenario = async ({ tokens, refresh }) => {
      const turns = Array.from({ length: 6 }, () => refresh(tokens.refreshToken));
      return new Set(await Promise.all(turns)).size;
    };
    assert.equal(await compare({ play }), 1);
  });
});

const strict: AppOptions = { ...options, settings: { REFRESH_LEEWAY_SECONDS: '0' } };

describeApp('refreshes with and without the fast path, without a leeway', strict, (app) => {
  const ways = shareInSuite((works) => openTwoWays(works, app()));
  const compare = createComparison(app, ways);

  it('rotates the token', async () => {
    const play: Scenario = async ({ tokens, refresh }) => {
      const next = await refresh(await refresh(tokens.refreshToken));
      return next !== '';
    };
    assert.equal(await compare({ play }), true);
  });

  // A refused token must not be used up: without a leeway, using it again would count as reuse.
  it('accepts a narrower scope and refuses an unknown one', async () => {
    const play: Scenario = async ({ tokens, refresh }) => {
      await refresh(tokens.refreshToken, { scope: 'openid unknown' });
      const next = await refresh(tokens.refreshToken, { scope: 'openid' });
      await refresh(next, { scope: 'email', resource: 'https://unknown.example' });
    };
    await compare({ play });
  });

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

  for (const [lost, change] of [
    ['its grant type', { grant_types: ['authorization_code'] }],
    ['the scope offline_access', { scope: 'openid email read write' }],
  ] as const) {
    it(`refuses a client that lost ${lost}`, async () => {
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

  it('refuses a user without access to the client, until access is granted', async () => {
    const { done } = createCommandRunner(app().services);
    const group = `group-${randomBytes(4).toString('hex')}`;
    await done(['group', 'create', group]);
    const play: Scenario = async ({ tokens, userId, client: { clientId }, refresh }) => {
      await done(['client', 'access', clientId, '--allow-group', group]);
      const refused = await refresh(tokens.refreshToken);
      await done(['group', 'add-member', group, '--user', userId]);
      const next = await refresh(tokens.refreshToken);
      await done(['client', 'access', clientId, '--everyone']);
      return [refused, next !== ''];
    };
    assert.deepEqual(await compare({ play }), ['', true]);
  });

  it('refuses a user who has left the organization, until the user rejoins', async () => {
    const { done } = createCommandRunner(app().services);
    const organization = `organization-${randomBytes(4).toString('hex')}`;
    await done(['organization', 'create', organization]);
    const change = (command: string, userId: string) =>
      done(['organization', command, organization, '--user', userId]);
    const play: Scenario = async ({ tokens, userId, refresh }) => {
      const next = await refresh(tokens.refreshToken);
      await change('remove-member', userId);
      const refused = await refresh(next);
      await change('add-member', userId);
      return [refused, (await refresh(next)) !== ''];
    };
    const parameters = { ...offline, scope: 'openid offline_access', organization };
    const prepare = (userId: string) => change('add-member', userId);
    assert.deepEqual(await compare({ parameters, prepare, play }), ['', true]);
  });

  it('refuses a token whose API was deleted, and does not treat it as reuse', async () => {
    const { done } = createCommandRunner(app().services);
    const audience = 'https://short-lived.example/';
    const parameters = { ...offline, scope: 'openid read offline_access', resource: audience };
    const play: Scenario = async ({ tokens, refresh }) => {
      await done(['resource', 'delete', audience, '--yes']);
      return refresh(tokens.refreshToken);
    };
    const prepare = () => app().createApi({ audience });
    assert.equal(await compare({ parameters, prepare, play, isDirect: false }), '');
  });

  it('does not try again, which would be reuse, after an error that follows the rotation', async (t) => {
    const own = await openBreakableWays(t, app());
    const client = await app().createClient(confidential);
    const person = await app().createUser();
    const rp = await app().relyingPartyOf(client);
    const { refreshToken } = await rp.login(person, offline);
    own.breakNow();

    const failed = await own.send('fast', refreshRequest(app(), client, refreshToken));

    assert.equal(failed.status, 500);
    assert.equal(own.count('token', 'passed_on'), 0);
    const { rows } = await app().services.db.run<object>(
      { name: '', text: 'select generation, ended_at from refresh_families where user_id = $1' },
      [person.id],
    );
    assert.deepEqual(rows, [{ generation: 1, ended_at: null }]);
  });
});
