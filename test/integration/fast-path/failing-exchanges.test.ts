// Exchanges of codes for JWTs during which a store or the server fails: whether the code remains usable
// (docs/decisions/0067).
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { AppError } from '#platform/errors.ts';
import { describeApp, shareInSuite, type TestApp } from '#test/support/app.ts';
import { offline } from '#test/support/data/outcomes.ts';
import {
  compareExchanges,
  confidential,
  forJwt,
  type ExchangePlan,
  type ExchangeScenario,
} from '#test/support/fast-path/exchanges.ts';
import { tokenRequest } from '#test/support/fast-path/scenarios.ts';
import { openBreakableWays } from '#test/support/fast-path/failures.ts';
import { openTwoWays } from '#test/support/fast-path/two-ways.ts';

describeApp('code exchanges that fail', { arrangement: 'postgres, memory' }, (app) => {
  const ways = shareInSuite((works) => openTwoWays(works, app()));
  const compare = (plan: ExchangePlan) => compareExchanges(app(), ways(), plan);

  for (const [name, facts, fail] of [
    ['the status of a revocable JWT cannot be stored', { revocable: true }, failToList],
    ['the permissions of roles cannot be read', { requiresPermission: true }, failToPermit],
  ] as const) {
    it(`keeps the code if ${name}`, async (t) => {
      const api = { accessTokenFormat: 'jwt', ...facts } as const;
      const { audience: resource } = await app().createApi(api);
      const play: ExchangeScenario = async ({ authorize, exchange }) => {
        const callback = await authorize();
        const { mock } = fail(t, app().services);
        const { error } = await exchange(callback);
        mock.restore();
        return [error, (await exchange(callback)).error];
      };
      const parameters = { ...offline, scope: 'openid offline_access read', resource };
      const outcome = await compare({ parameters, play });
      assert.deepEqual(outcome, ['temporarily_unavailable', undefined]);
    });
  }

  it('treats an error after the redemption as final, so that it is not counted as a replay', async (t) => {
    const own = await openBreakableWays(t, app());
    const client = await app().createClient(confidential);
    const person = await app().createUser();
    const rp = await app().relyingPartyOf(client);
    const { code, redirectUri, verifier } = await rp.authorize(person, await forJwt(app()));
    const form = { code, redirect_uri: redirectUri, code_verifier: verifier };
    own.breakNow();

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

type Services = TestApp['services'];

function failToList(t: TestContext, { tokenStatuses }: Services) {
  return t.mock.method(tokenStatuses, 'list', unavailable);
}

function failToPermit(t: TestContext, { accessControl }: Services) {
  return t.mock.method(accessControl, 'permittedScopes', unavailable);
}

async function unavailable(): Promise<never> {
  throw new AppError('store_unavailable', 'The store is unavailable.');
}
