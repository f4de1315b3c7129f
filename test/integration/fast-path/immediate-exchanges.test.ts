// A code for a JWT is redeemed before all rules are applied, if none of them can refuse the request
// (docs/decisions/0067). A refused request must not use up the code, and the two paths must not differ otherwise.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { describeApp, shareInSuite, type AppOptions } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import {
  compareExchanges,
  confidential,
  forJwt,
  presentByAnother,
  race,
  replay,
  type ExchangePlan,
  type ExchangeScenario,
} from '#test/support/fast-path/exchanges.ts';
import { openTwoWays } from '#test/support/fast-path/two-ways.ts';
import { replaceMetadata } from '#test/support/steps/client-registration.ts';
import { anImpersonation, impersonating } from '#test/support/steps/impersonation.ts';

const options: AppOptions = { arrangement: 'postgres, memory', settings: impersonating };

describeApp('code exchanges for JWTs with and without the fast path', options, (app) => {
  const ways = shareInSuite((works) => openTwoWays(works, app()));
  const compare = async (plan: ExchangePlan) =>
    compareExchanges(app(), ways(), { parameters: await forJwt(app()), ...plan });
  const endsWithSession = () => forJwt(app(), { scope: 'openid read' });

  /** Exchanges a code and refreshes its token. */
  const usual: ExchangeScenario = async ({ authorize, exchange, refresh }) => {
    const tokens = await exchange(await authorize());
    return (await refresh(tokens.refresh_token)).error;
  };

  for (const [name, facts] of [
    ['a confidential client', confidential],
    ['a public client', { auth: 'none' }],
    ['a client of the operator', { ...confidential, first_party: true }],
    ['a client that signs assertions', { auth: 'private_key_jwt' }],
    ['a client of a security profile', { auth: 'none', profile: 'spa' }],
  ] as const) {
    it(`issues tokens to ${name}`, async () => {
      assert.equal(await compare({ facts, play: usual }), undefined);
      const parameters = await endsWithSession();
      assert.equal(await compare({ facts, parameters, play: usual }), undefined);
    });
  }

  for (const [name, parametersOf] of [
    ['tokens that outlive the session', () => forJwt(app())],
    ['tokens that end with the session', endsWithSession],
  ] as const) {
    it(`revokes what was issued for a code that is used again: ${name}`, async () => {
      const outcome = await compare({ parameters: await parametersOf(), play: replay });
      assert.deepEqual(outcome, ['invalid_grant', 'invalid_grant', 'invalid_grant']);
    });

    it(`redeems a code in one of twenty concurrent requests: ${name}`, async () => {
      const outcome = await compare({ parameters: await parametersOf(), play: race });
      assert.deepEqual(outcome, [1, 19, 'invalid_grant']);
    });
  }

  it('does not use up a code if code_verifier, redirect_uri or resource is wrong', async () => {
    const play: ExchangeScenario = async ({ authorize, exchange, rp }) => {
      const callback = await authorize();
      const { verifier } = await rp.request();
      const errors = [];
      for (const change of [
        { code_verifier: verifier },
        { redirect_uri: `${callback.redirectUri}/` },
        { resource: 'https://unknown.example' },
        { code: `${callback.code}x` },
        {},
      ]) {
        errors.push((await exchange(callback, change)).error);
      }
      return errors;
    };
    const errors = ['invalid_grant', 'invalid_grant', 'invalid_target', 'invalid_grant', undefined];
    assert.deepEqual(await compare({ play }), errors);
  });

  it('keeps the code if another client presents it', async () => {
    const other = await app().createClient(confidential);
    const play = presentByAnother(app(), ways(), other);
    assert.equal(await compare({ play }), undefined);
  });

  it('refuses a code that names a key if no proof is sent', async () => {
    const jkt = 'wc3dmTCKgO6Lq9dIg7VjSbkBLlaMVLXqQ8yyWSv5jP4';
    const parameters = { ...(await forJwt(app())), dpop_jkt: jkt };
    assert.equal(await compare({ parameters, isDirect: false }), 'invalid_grant');
  });

  for (const [lost, change, expected] of [
    ['every scope of the API', { scope: 'openid offline_access' }, 'invalid_target'],
    [
      'the grant type',
      { grant_types: ['refresh_token'], response_types: [] },
      'unauthorized_client',
    ],
  ] as const) {
    it(`keeps the code while its client has lost ${lost}`, async () => {
      const play: ExchangeScenario = async ({ authorize, exchange, client }) => {
        const { clientId, metadata } = client;
        const callback = await authorize();
        await replaceMetadata(app(), clientId, { ...metadata, ...change });
        const { error } = await exchange(callback);
        await replaceMetadata(app(), clientId, metadata);
        return [error, (await exchange(callback)).error];
      };
      assert.deepEqual(await compare({ play }), [expected, undefined]);
    });
  }

  for (const [lost, change] of [
    ['offline_access', { scope: 'openid email read' }],
    ['refresh tokens', { grant_types: ['authorization_code'] }],
  ] as const) {
    it(`issues no refresh token to a client that has lost ${lost}`, async () => {
      const play: ExchangeScenario = async ({ authorize, exchange, client }) => {
        const { clientId, metadata } = client;
        const callback = await authorize();
        await replaceMetadata(app(), clientId, { ...metadata, ...change });
        const { error, refresh_token: token } = await exchange(callback);
        await replaceMetadata(app(), clientId, metadata);
        return [error, token];
      };
      assert.deepEqual(await compare({ play }), [undefined, undefined]);
    });
  }

  it('keeps the code while its user has no access to the client', async () => {
    const { done } = createCommandRunner(app().services);
    const group = `group-${randomBytes(4).toString('hex')}`;
    await done(['group', 'create', group]);
    const play: ExchangeScenario = async ({ person, client, authorize, exchange }) => {
      const { clientId } = client;
      const callback = await authorize();
      await done(['client', 'access', clientId, '--allow-group', group]);
      const { error } = await exchange(callback);
      await done(['group', 'add-member', group, '--user', person.id]);
      const retried = await exchange(callback);
      await done(['client', 'access', clientId, '--everyone']);
      return [error, retried.error];
    };
    assert.deepEqual(await compare({ play }), ['invalid_grant', undefined]);
  });

  it('keeps the code while its user is not a member of the organization', async () => {
    const { done } = createCommandRunner(app().services);
    const organization = `organization-${randomBytes(4).toString('hex')}`;
    await done(['organization', 'create', organization]);
    const change = (command: string, userId: string) =>
      done(['organization', command, organization, '--user', userId]);
    const play: ExchangeScenario = async ({ person, authorize, exchange }) => {
      await change('add-member', person.id);
      const callback = await authorize();
      await change('remove-member', person.id);
      const { error } = await exchange(callback);
      await change('add-member', person.id);
      return [error, (await exchange(callback)).error];
    };
    const parameters = { ...(await forJwt(app())), organization };
    assert.deepEqual(await compare({ parameters, play }), ['invalid_grant', undefined]);
  });

  it('limits a refresh token to the end of the impersonation', async () => {
    const client = await app().createClient({ ...confidential, first_party: true });
    const { resource } = await forJwt(app());
    const ends: unknown[] = [];
    const play: ExchangeScenario = async ({ rp, exchange }) => {
      const { browser, impersonation, user } = await anImpersonation(app());
      const pending = await rp.request({ scope: 'openid read', resource });
      const { error } = await exchange(rp.receive(await browser.open(pending.url), pending));
      const [family] = await app()
        .services.db.knex('refresh_families')
        .where({ user_id: user.id, client_id: client.clientId });
      ends.push(family?.expires_at <= impersonation.endsAt);
      return error;
    };
    assert.equal(await compare({ client, play, isDirect: false }), undefined);
    assert.deepEqual(ends, [true, true]);
  });
});
