// What changes between an authorization and the exchange of its code has the same effect with and without
// the fast path (docs/decisions/0061).
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { AppError } from '#platform/errors.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { describeApp, shareInSuite, type AppOptions } from '#test/support/app.ts';
import {
  compareExchanges,
  confidential,
  forJwt,
  type Exchanging,
  type ExchangePlan,
  type ExchangeScenario,
} from '#test/support/fast-path/exchanges.ts';
import { offline } from '#test/support/data/outcomes.ts';
import { openTwoWays } from '#test/support/fast-path/two-ways.ts';
import { replaceMetadata } from '#test/support/steps/client-registration.ts';
import { anImpersonation, impersonating } from '#test/support/steps/impersonation.ts';

const options: AppOptions = { arrangement: 'postgres, memory', settings: impersonating };
const operator = { kind: 'operator' } as const;

/** Returns a function that undoes the change, if the other way needs the former state. */
type Change = (
  exchanging: Exchanging,
  code: string,
) => Promise<(() => Promise<unknown>) | object | void>;

describeApp('code exchanges after a change, with and without the fast path', options, (app) => {
  const ways = shareInSuite((works) => openTwoWays(works, app()));
  const compare = (plan: ExchangePlan) => compareExchanges(app(), ways(), plan);

  /** Returns the error of an exchange after the change, and whether a refresh token was issued. */
  const following =
    (change: Change): ExchangeScenario =>
    async (exchanging) => {
      const callback = await exchanging.authorize();
      const undo = await change(exchanging, callback.code);
      const { error, refresh_token: token } = await exchanging.exchange(callback);
      if (typeof undo === 'function') await undo();
      return error ?? (token === undefined ? 'no refresh token' : 'refresh token');
    };

  const register =
    (members: object): Change =>
    async ({ client: { clientId, metadata } }) => {
      await replaceMetadata(app(), clientId, { ...metadata, ...members });
      return () => replaceMetadata(app(), clientId, metadata);
    };

  async function blockClient({ client: { clientId } }: Exchanging) {
    const { blocking } = app().services;
    await blocking.blockClient(clientId, operator);
    return () => blocking.unblockClient(clientId, operator);
  }

  const changes: readonly (readonly [string, Change])[] = [
    ['its user was blocked', ({ person }) => app().block(person.id)],
    ['its client was blocked', blockClient],
    [
      'everything was revoked',
      ({ person }) => app().services.blocking.revokeEverythingOf(person.id, operator),
    ],
    ['it expired', (_exchanging, code) => expire(code)],
  ];
  for (const [name, change] of changes) {
    it(`refuses a code after ${name}`, async () => {
      for (const parameters of [{ ...offline, scope: 'openid email' }, await forJwt(app())]) {
        const plan = { parameters, play: following(change), isDirect: false };
        assert.match(String(await compare(plan)), /^invalid_(?:grant|client)$/);
      }
    });
  }

  async function expire(code: string): Promise<void> {
    const { shortLived } = app().services;
    const stored = await shortLived.get('AuthorizationCode', code);
    const exp = Math.floor(Date.now() / 1000) - 1;
    await shortLived.put('AuthorizationCode', code, { ...stored, exp }, 60);
  }

  it('refuses a code after its session ended', async () => {
    const play: ExchangeScenario = async ({ authorize, exchange, rp }) => {
      const callback = await authorize();
      await (await callback.browser.open(rp.logoutUrl())).press('sign-out');
      return (await exchange(callback)).error;
    };
    for (const parameters of [{ scope: 'openid' }, await forJwt(app(), { scope: 'openid read' })]) {
      assert.equal(await compare({ parameters, play, isDirect: false }), 'invalid_grant');
    }
  });

  for (const [lost, change, expected] of [
    ['a scope', { scope: 'openid read offline_access' }, 'refresh token'],
    ['offline_access', { scope: 'openid email read' }, 'no refresh token'],
    ['refresh tokens', { grant_types: ['authorization_code'] }, 'no refresh token'],
    ['codes', { grant_types: ['refresh_token'], response_types: [] }, 'unauthorized_client'],
    ['tokens without a key', { dpop_bound_access_tokens: true }, 'invalid_grant'],
    ['its secret', { token_endpoint_auth_method: 'none' }, 'invalid_client'],
  ] as const) {
    it(`applies the new registration of a client that lost ${lost}`, async () => {
      const isDirect = expected.endsWith('refresh token');
      assert.equal(await compare({ play: following(register(change)), isDirect }), expected);
    });
  }

  it('refuses a code for an API after the client lost every scope of it', async () => {
    const { audience: resource } = await app().createApi();
    const parameters = { scope: 'openid read', resource };
    const play = following(register({ scope: 'openid' }));
    assert.equal(await compare({ parameters, play, isDirect: false }), 'invalid_target');
  });

  it('applies a lost role and a lost membership in the organization of the sign-in', async () => {
    const { done } = createCommandRunner(app().services);
    const facts = { requiresPermission: true, accessTokenFormat: 'jwt' } as const;
    const { audience: resource } = await app().createApi(facts);
    const permission = ['--resource', resource, '--scopes', 'read'];
    await done(['role', 'create', 'reader']);
    await done(['role', 'add-permission', 'reader', ...permission]);
    await done(['organization', 'create', 'stark']);
    const scope = 'openid roles organization read write offline_access';
    const parameters = { scope, resource, organization: 'stark', prompt: 'consent' };
    const play: ExchangeScenario = async ({ person, authorize, exchange }) => {
      const member = ['stark', '--user', person.email];
      await done(['organization', 'add-member', ...member]);
      await done(['organization', 'add-role', ...member, '--role', 'reader']);
      const inside = await exchange(await authorize());
      const code = await authorize();
      await done(['organization', 'remove-role', ...member, '--role', 'reader']);
      const without = await exchange(code);
      const last = await authorize();
      await done(['organization', 'remove-member', ...member]);
      return [inside.scope, without.scope, (await exchange(last)).error];
    };
    assert.deepEqual(await compare({ parameters, play }), ['read', undefined, 'invalid_grant']);
  });

  it('answers a client whose sector document cannot be read', async () => {
    const client = await app().createClient({ ...confidential, subject_type: 'pairwise' });
    const unreachable = { sector_identifier_uri: 'https://127.0.0.1:1/sector.json' };
    await replaceMetadata(app(), client.clientId, { ...client.metadata, ...unreachable });
    await compare({ client });
  });

  it('exchanges a code from the session of an impersonation', async () => {
    const client = await app().createClient({ ...confidential, first_party: true });
    const play: ExchangeScenario = async ({ rp, exchange }) => {
      const { browser } = await anImpersonation(app());
      const pending = await rp.request({ scope: 'openid email' });
      const callback = rp.receive(await browser.open(pending.url), pending);
      return (await exchange(callback)).error;
    };
    assert.equal(await compare({ client, play, isDirect: false }), undefined);
  });

  for (const [name, grant_types, retried] of [
    ['keeps a code', ['authorization_code', 'refresh_token'], undefined],
    [
      'uses up a code for which no refresh token is issued',
      ['authorization_code'],
      'invalid_grant',
    ],
  ] as const) {
    it(`${name} if the access token cannot be stored`, async (t) => {
      const play: ExchangeScenario = async ({ authorize, exchange }) => {
        const callback = await authorize();
        const restore = failToStoreTokens(t);
        const { error } = await exchange(callback);
        restore();
        return [error, (await exchange(callback)).error];
      };
      const facts = { ...confidential, grant_types };
      const { audience: resource } = await app().createApi();
      const scope = 'openid read offline_access';
      for (const parameters of [
        { ...offline, scope },
        { ...offline, scope, resource },
      ]) {
        const isDirect = retried === undefined;
        const outcome = await compare({ facts, parameters, play, isDirect });
        assert.deepEqual(outcome, ['temporarily_unavailable', retried]);
      }
    });
  }

  function failToStoreTokens(t: TestContext): () => void {
    const { shortLived } = app().services;
    const { put } = shortLived;
    const { mock } = t.mock.method(shortLived, 'put', async (...args: Parameters<typeof put>) => {
      if (args[0] !== 'AccessToken') return put(...args);
      throw new AppError('store_unavailable', 'The store is unavailable.');
    });
    return () => mock.restore();
  }
});
