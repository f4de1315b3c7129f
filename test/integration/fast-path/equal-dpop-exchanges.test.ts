// Exchanges of codes and refreshes with DPoP proofs have the same responses and leave the same rows and audit
// entries with and without the fast path (docs/decisions/0063).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, shareInSuite, type AppOptions } from '#test/support/app.ts';
import { atOnce } from '#test/support/data/outcomes.ts';
import {
  createProofKey,
  signProofs,
  type ProofKey,
} from '#test/support/fast-path/dpop/dpop-proofs.ts';
import {
  compareExchanges,
  confidential,
  type ExchangePlan,
  type ExchangeScenario,
} from '#test/support/fast-path/exchanges.ts';
import { openTwoWays } from '#test/support/fast-path/two-ways.ts';

const options: AppOptions = { arrangement: 'postgres, memory' };
const bound = { dpop_bound_access_tokens: true } as const;
const refused = 'invalid_grant';

describeApp('code exchanges and refreshes with a DPoP proof', options, (app) => {
  const ways = shareInSuite((works) => openTwoWays(works, app()));
  const keys = shareInSuite(async () => ({
    key: await createProofKey(),
    other: await createProofKey(),
  }));
  const compare = (plan: ExchangePlan) =>
    compareExchanges(app(), ways(), { key: keys().key, ...plan });

  /** The key, with the same proof in every request. */
  function withOneProof(): ProofKey {
    const { key } = keys();
    const proof = signProofs(key.place({ method: 'POST', url: `${app().issuer}/oauth2/token` }));
    return { ...key, place: () => proof };
  }

  /** Refreshes with another key, without a proof and with the key of the exchange. */
  const refreshWithEachKey: ExchangeScenario = async ({ authorize, exchange, refresh }) => {
    const { refresh_token: first } = await exchange(await authorize());
    const outcomes: unknown[] = [];
    let token = first;
    for (const proving of [keys().other, 'none', keys().key] as const) {
      const body = await refresh(token, proving);
      outcomes.push(body.error ?? body.token_type);
      token = body.refresh_token ?? token;
    }
    return [...outcomes, token === first ? 'kept' : 'rotated'];
  };

  const onlyItsKey = [refused, refused, 'DPoP', 'rotated'];
  for (const [name, facts, expected] of [
    ['a public client, to whose key they are bound', { auth: 'none' }, onlyItsKey],
    ['a confidential client', confidential, ['DPoP', 'Bearer', 'DPoP', 'rotated']],
    ['a public client that must send proofs', { auth: 'none', ...bound }, onlyItsKey],
    [
      'a confidential client that must send proofs',
      { ...confidential, ...bound },
      ['DPoP', refused, 'DPoP', 'kept'],
    ],
    [
      'a client that signs assertions and must send proofs',
      { auth: 'private_key_jwt', ...bound },
      ['DPoP', refused, 'DPoP', 'kept'],
    ],
  ] as const) {
    it(`accepts or refuses refresh tokens of ${name}`, async () => {
      const direct = 1 + expected.filter((outcome) => /DPoP|Bearer/.test(outcome)).length;
      assert.deepEqual(await compare({ facts, play: refreshWithEachKey, direct }), expected);
    });
  }

  for (const [name, api] of [
    ['an opaque token', {}],
    ['a JWT', { accessTokenFormat: 'jwt' }],
    ['a revocable JWT', { accessTokenFormat: 'jwt', revocable: true }],
  ] as const) {
    it(`binds ${name} for an API to the key`, async () => {
      const { audience: resource } = await app().createApi(api);
      const scope = 'openid read offline_access';
      const play: ExchangeScenario = async ({ authorize, exchange, refresh }) => {
        const { refresh_token: token, token_type: type } = await exchange(await authorize());
        return [type, (await refresh(token)).token_type];
      };
      const plan = { parameters: { scope, resource, prompt: 'consent' }, play, direct: 2 };
      assert.deepEqual(await compare(plan), ['DPoP', 'DPoP']);
    });
  }

  for (const [name, scope, last] of [
    ['keeps a code', 'openid offline_access', undefined],
    ['uses up a code for which no refresh token is issued', 'openid', refused],
  ] as const) {
    const parameters = { scope, prompt: 'consent' };
    // Without a refresh token, the code is used up before the key is compared.
    const facts =
      last === undefined ? confidential : { ...confidential, grant_types: ['authorization_code'] };

    it(`${name} if it is presented with a key other than the one that it names`, async () => {
      const { key, other } = keys();
      const play: ExchangeScenario = async ({ authorize, exchange }) => {
        const callback = await authorize({ dpop_jkt: key.thumbprint });
        const { error } = await exchange(callback, {}, other);
        return [error, (await exchange(callback)).error];
      };
      const direct = last === undefined ? 1 : 0;
      const plan = { facts, parameters, play, direct, isDirect: direct > 0 };
      assert.deepEqual(await compare(plan), [refused, last]);
    });

    it(`${name} if it is presented with a used proof`, async () => {
      const play: ExchangeScenario = async ({ authorize, exchange }) => {
        const once = withOneProof();
        const { error: first } = await exchange(await authorize(), {}, once);
        const callback = await authorize();
        const { error: second } = await exchange(callback, {}, once);
        return [first, second, (await exchange(callback)).error];
      };
      const direct = last === undefined ? 2 : 1;
      const plan = { facts, parameters, play, direct };
      assert.deepEqual(await compare(plan), [undefined, refused, last]);
    });
  }

  it('exchanges a code that names the key', async () => {
    const parameters = { scope: 'openid', dpop_jkt: keys().key.thumbprint };
    assert.equal(await compare({ parameters, direct: 1 }), 'exchanged');
  });

  it('refuses a client without the proof that it must send, and keeps its code', async () => {
    const play: ExchangeScenario = async ({ authorize, exchange }) => {
      const callback = await authorize();
      const { error } = await exchange(callback, {}, 'none');
      return [error, (await exchange(callback)).error];
    };
    const facts = { ...confidential, ...bound };
    assert.deepEqual(await compare({ facts, play, direct: 1 }), [refused, undefined]);
  });

  it('keeps a refresh token that is presented with a used proof', async () => {
    const play: ExchangeScenario = async ({ authorize, exchange, refresh }) => {
      const once = withOneProof();
      const { refresh_token: token } = await exchange(await authorize(), {}, once);
      return [(await refresh(token, once)).error, (await refresh(token)).error];
    };
    for (const auth of ['none', 'private_key_jwt'] as const) {
      const plan = { facts: { auth }, play, direct: 2 };
      assert.deepEqual(await compare(plan), [refused, undefined]);
    }
  });

  it('detects the reuse of a refresh token in a request with a proof', async () => {
    const play: ExchangeScenario = async ({ authorize, exchange, refresh }) => {
      const { refresh_token: first } = await exchange(await authorize());
      const { refresh_token: second } = await refresh(first);
      const { refresh_token: last } = await refresh(second);
      return [(await refresh(first)).error, (await refresh(last)).error];
    };
    assert.deepEqual(await compare({ facts: { auth: 'none' }, play }), [refused, refused]);
  });

  for (const [name, facts] of [
    ['a token that rotates', { auth: 'none' }],
    ['a token that is kept', { auth: 'private_key_jwt', ...bound }],
  ] as const) {
    it(`refreshes once if twenty concurrent requests have the same proof: ${name}`, async () => {
      const play: ExchangeScenario = async ({ authorize, exchange, tryRefresh, refresh }) => {
        const { refresh_token: token } = await exchange(await authorize());
        const once = withOneProof();
        const bodies = await atOnce(() => tryRefresh(token, once));
        const winners = bodies.filter(({ error }) => error === undefined);
        const losers = bodies.filter(({ error }) => error === refused);
        const { error } = await refresh(winners[0]?.refresh_token);
        return [winners.length, losers.length, error];
      };
      assert.deepEqual(await compare({ facts, play }), [1, 19, undefined]);
    });
  }
});
