// A code for a JWT is redeemed before its rules are applied, if none of them can refuse the request
// (docs/decisions/0067). A refused request must not use up the code, and nothing else may be different.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { describeApp, shareInSuite, type AppOptions } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { offline } from '#test/support/data/outcomes.ts';
import {
  compareExchanges,
  confidential,
  forJwt,
  race,
  replay,
  type ExchangePlan,
  type ExchangeScenario,
} from '#test/support/fast-path/exchanges.ts';
import { tokenRequest } from '#test/support/fast-path/scenarios.ts';
import { openTwoWays } from '#test/support/fast-path/two-ways.ts';
import { replaceMetadata } from '#test/support/steps/client-registration.ts';
import { anImpersonation, impersonating } from '#test/support/steps/impersonation.ts';
import { AppError } from '#platform/errors.ts';

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

  it('keeps the code of a request with another verifier, redirect_uri or API', async () => {
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
    const play: ExchangeScenario = async ({ authorize, exchange }) => {
      const callback = await authorize();
      const { code, redirectUri: redirect_uri, verifier: code_verifier } = callback;
      const form = { grant_type: 'authorization_code', code, redirect_uri, code_verifier };
      for (const way of ['fast', 'engine'] as const) {
        assert.equal((await ways().send(way, tokenRequest(app(), other, form))).status, 400);
      }
      return (await exchange(callback)).error;
    };
    assert.equal(await compare({ play }), undefined);
  });

  it('keeps the code if it names a key and no proof is sent', async () => {
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

  it('ends the refresh token of an impersonation with it', async () => {
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

  it('keeps the code if the status of a revocable JWT cannot be stored', async (t) => {
    const api = { accessTokenFormat: 'jwt', revocable: true } as const;
    const { audience: resource } = await app().createApi(api);
    const { tokenStatuses } = app().services;
    const play: ExchangeScenario = async ({ authorize, exchange }) => {
      const callback = await authorize();
      const { mock } = t.mock.method(tokenStatuses, 'list', async () => {
        throw new AppError('store_unavailable', 'The store is unavailable.');
      });
      const { error } = await exchange(callback);
      mock.restore();
      return [error, (await exchange(callback)).error];
    };
    const parameters = { ...offline, scope: 'openid offline_access read', resource };
    const outcome = await compare({ parameters, play });
    assert.deepEqual(outcome, ['temporarily_unavailable', undefined]);
  });

  it('does not try again, which would be a replay, after an error that follows the redemption', async (t) => {
    let isBroken = false;
    const { subjectStatus } = app().services;
    const broken: typeof subjectStatus = {
      ...subjectStatus,
      isActive(subjects, client, issuedAt) {
        if (isBroken && subjects.user) throw new TypeError('broken');
        return subjectStatus.isActive(subjects, client, issuedAt);
      },
    };
    const own = await openTwoWays(t, app(), { servicesOf: () => ({ subjectStatus: broken }) });
    const client = await app().createClient(confidential);
    const person = await app().createUser();
    const rp = await app().relyingPartyOf(client);
    const { code, redirectUri, verifier } = await rp.authorize(person, await forJwt(app()));
    const form = { code, redirect_uri: redirectUri, code_verifier: verifier };
    isBroken = true;

    const failed = await own.send(
      'fast',
      tokenRequest(app(), client, { grant_type: 'authorization_code', ...form }),
    );

    assert.equal(failed.status, 500);
    assert.equal(own.count('token', 'passed_on'), 0);
    const { knex } = app().services.db;
    const families = await knex('refresh_families').where({ user_id: person.id });
    assert.deepEqual(
      families.map(({ generation, ended_at: endedAt }) => [generation, endedAt]),
      [[0, null]],
    );
  });
});
