// Requests with DPoP proofs (RFC 9449) have the same responses with and without the fast path
// (docs/decisions/0063).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { describeApp, shareInSuite } from '#test/support/app.ts';
import { atOnce } from '#test/support/data/outcomes.ts';
import type { RegisteredApp } from '#test/support/data/registrations.ts';
import type { Endpoint } from '#test/support/fast-path/choices.ts';
import { casesOf, seed } from '#test/support/fast-path/combinations.ts';
import { comparable } from '#test/support/fast-path/comparable.ts';
import {
  boundIntrospectionOf,
  provenClientCredentialsOf,
  provenUserinfoOf,
} from '#test/support/fast-path/dpop/proven-cases.ts';
import { createProvenMaterials } from '#test/support/fast-path/dpop/proven-materials.ts';
import { signProofs } from '#test/support/fast-path/dpop/dpop-proofs.ts';
import { tokenRequest, withProof } from '#test/support/fast-path/scenarios.ts';
import { openTwoWays, type RawRequest, type Way } from '#test/support/fast-path/two-ways.ts';

const turns: readonly (readonly [Way, Way])[] = [
  ['fast', 'fast'],
  ['fast', 'engine'],
  ['engine', 'fast'],
];

describeApp('DPoP proofs with and without the fast path', {}, (app) => {
  const ways = shareInSuite((works) => openTwoWays(works, app()));
  const materials = shareInSuite(() => createProvenMaterials(app(), ways()));

  async function compareAll(endpoint: Endpoint): Promise<void> {
    for (const { name, request } of casesOf(endpoint)) {
      const fast = comparable(await ways().send('fast', request));
      const engine = comparable(await ways().send('engine', request));
      assert.deepEqual(fast, engine, `${name} (seed ${seed})\n${JSON.stringify(request)}`);
    }
  }

  /** Returns the number of direct answers during the comparison. */
  async function countDirect(endpoint: string, work: () => Promise<unknown>): Promise<number> {
    const known = ways().count(endpoint, 'direct');
    await work();
    return ways().count(endpoint, 'direct') - known;
  }

  function requestToken(client: RegisteredApp, proof: string, claims?: object): RawRequest {
    const form = { grant_type: 'client_credentials' };
    return withProof(tokenRequest(app(), client, form, claims), proof);
  }

  const placeForToken = (changes?: object) =>
    materials().key.place({ method: 'POST', url: `${app().issuer}/oauth2/token` }, changes);

  it('gives equal responses to client credentials requests', async () => {
    const compare = () => compareAll(provenClientCredentialsOf(materials()));
    const direct = await countDirect('token', compare);
    assert.ok(direct >= 20, `the fast path answered ${direct} requests directly`);
  });

  it('gives equal responses to userinfo requests', async () => {
    for (const method of ['GET', 'POST'] as const) {
      const compare = () => compareAll(provenUserinfoOf(materials(), method));
      const direct = await countDirect('userinfo', compare);
      assert.ok(direct >= 10, `the fast path answered ${direct} ${method} requests directly`);
    }
  });

  it('gives equal responses to the introspection of bound tokens', async () => {
    const compare = () => compareAll(boundIntrospectionOf(materials()));
    assert.ok((await countDirect('introspection', compare)) >= 10);
  });

  for (const name of ['service', 'bound', 'withKey', 'boundWithKey'] as const) {
    it(`binds a token for ${name} to the key`, async () => {
      const { clients, key, apis } = materials();
      for (const resource of [undefined, apis.jwt.audience]) {
        const form = { grant_type: 'client_credentials', ...(resource ? { resource } : {}) };
        const plain = tokenRequest(app(), clients[name], form);
        const sent = () => ways().send('fast', withProof(plain, placeForToken()));
        const known = ways().count('token', 'direct');
        const { token_type, access_token } = JSON.parse((await sent()).text);
        assert.equal(token_type, 'DPoP');
        assert.equal(ways().count('token', 'direct'), known + 1);
        const rp = await app().relyingPartyOf(clients[name]);
        const { body } = await rp.introspect(access_token);
        assert.deepEqual(body['cnf'], { jkt: key.thumbprint });
      }
    });
  }

  it('accepts a proof once, whichever way it is sent', async () => {
    const { service, withKey } = materials().clients;
    for (const client of [service, withKey]) {
      for (const [first, second] of turns) {
        const request = requestToken(client, signProofs(placeForToken()));
        assert.equal((await ways().send(first, request)).status, 200);
        const again = await ways().send(second, request);
        assert.deepEqual([again.status, JSON.parse(again.text).error], [400, 'invalid_grant']);
      }
    }
  });

  it('accepts a proof once at userinfo, whichever way it is sent', async () => {
    const { tokens, key } = materials();
    const target = { method: 'GET', url: `${app().issuer}/oauth2/userinfo` } as const;
    for (const [first, second] of turns) {
      const proof = signProofs(key.place({ ...target, token: tokens.bound }));
      const headers = [['Authorization', `DPoP ${tokens.bound}`]] as const;
      const request = withProof({ method: 'GET', path: '/oauth2/userinfo', headers }, proof);
      assert.equal((await ways().send(first, request)).status, 200);
      assert.equal((await ways().send(second, request)).status, 401);
    }
  });

  it('accepts one of twenty concurrent requests with the same proof, sent both ways', async () => {
    const { service, withKey } = materials().clients;
    for (const client of [service, withKey]) {
      const request = requestToken(client, signProofs(placeForToken()));
      const answers = await atOnce((turn) => ways().send(turn % 2 ? 'fast' : 'engine', request));
      const statuses = answers.map(({ status }) => status).toSorted((one, two) => one - two);
      assert.deepEqual(statuses, [200, ...Array.from({ length: 19 }, () => 400)]);
    }
  });

  for (const [name, changed, error, status] of [
    ['a used assertion', 'assertion', 'invalid_client', 401],
    ['a used proof', 'proof', 'invalid_grant', 400],
  ] as const) {
    it(`refuses ${name} with its own error if the other credential is new`, async () => {
      const { withKey } = materials().clients;
      for (const way of ['fast', 'engine'] as const) {
        const [jti, proof] = [randomUUID(), signProofs(placeForToken())];
        assert.equal((await ways().send(way, requestToken(withKey, proof, { jti }))).status, 200);
        const next =
          changed === 'assertion'
            ? requestToken(withKey, signProofs(placeForToken()), { jti })
            : requestToken(withKey, proof);
        const refused = await ways().send(way, next);
        assert.deepEqual([refused.status, JSON.parse(refused.text).error], [status, error]);
      }
    });
  }

  it('demands a nonce if the client is registered to send one', async () => {
    const { strict } = materials().clients;
    for (const way of ['fast', 'engine'] as const) {
      const refused = await ways().send(way, requestToken(strict, placeForToken()));
      const nonce = new Map(refused.headers).get('dpop-nonce');
      assert.deepEqual([refused.status, JSON.parse(refused.text).error], [400, 'use_dpop_nonce']);
      const proof = placeForToken({ claims: { nonce } });
      const known = ways().count('token', 'direct');
      const accepted = await ways().send(way, requestToken(strict, proof));
      assert.equal(accepted.status, 200, accepted.text);
      assert.equal(ways().count('token', 'direct') - known, way === 'fast' ? 1 : 0);
    }
  });

  it('returns a nonce unless the proof contains the next one', async () => {
    const { service } = materials().clients;
    const nonceIn = async (way: Way, proof: string) => {
      const { headers, status, text } = await ways().send(way, requestToken(service, proof));
      assert.equal(status, 200, text);
      return headers.find(([name]) => name.toLowerCase() === 'dpop-nonce')?.[1];
    };
    const nonce = await nonceIn('fast', placeForToken());
    const repeated = [
      await nonceIn('fast', placeForToken({ claims: { nonce } })),
      await nonceIn('engine', placeForToken({ claims: { nonce } })),
    ];
    // The next nonce changes once a minute.
    assert.ok(
      nonce !== undefined && repeated.every((next) => next === undefined || next !== nonce),
    );
  });
});
