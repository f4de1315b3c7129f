// The fast path answers as oidc-provider does behind the middleware (docs/decisions/0050): generated
// requests are sent with and without it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { describeApp, shareInSuite } from '#test/support/app.ts';
import {
  assertedOf,
  clientCredentialsOf,
  exchangeOf,
  introspectionOf,
  refreshOf,
  userinfoOf,
} from '#test/support/fast-path/cases.ts';
import type { Endpoint } from '#test/support/fast-path/choices.ts';
import { casesOf, seed, type Case } from '#test/support/fast-path/combinations.ts';
import { comparable } from '#test/support/fast-path/comparable.ts';
import { createMaterials } from '#test/support/fast-path/materials.ts';
import { tokenRequest } from '#test/support/fast-path/scenarios.ts';
import { openTwoWays, type Way } from '#test/support/fast-path/two-ways.ts';

const clientCredentials = { grant_type: 'client_credentials' };

describeApp('responses with and without the fast path', {}, (app) => {
  const ways = shareInSuite((works) => openTwoWays(works, app()));
  const materials = shareInSuite(() => createMaterials(app()));

  async function compare({ name, request }: Case): Promise<void> {
    const fast = comparable(await ways().send('fast', request));
    const engine = comparable(await ways().send('engine', request));
    assert.deepEqual(fast, engine, `${name} (seed ${seed})\n${JSON.stringify(request)}`);
  }

  async function compareAll(endpoint: Endpoint): Promise<void> {
    for (const each of casesOf(endpoint)) await compare(each);
  }

  /** Asserts that the fast path took part, so that equal responses mean something. */
  function assertAnswered(endpoint: string, least: number, leastDirect: number): void {
    const direct = ways().count(endpoint, 'direct');
    const answered = direct + ways().count(endpoint, 'answered');
    assert.ok(answered >= least, `the fast path answered ${answered} requests`);
    assert.ok(direct >= leastDirect, `the fast path answered ${direct} requests directly`);
  }

  it('gives equal responses to introspection', async () => {
    await compareAll(introspectionOf(materials()));
    assertAnswered('introspection', 60, 10);
  });

  it('gives equal responses to client credentials requests', async () => {
    await compareAll(clientCredentialsOf(materials()));
    assertAnswered('token', 25, 10);
  });

  it('gives equal responses to clients that sign assertions', async () => {
    const known = ways().count('token', 'direct');
    await compareAll(assertedOf(materials()));
    const direct = ways().count('token', 'direct') - known;
    assert.ok(direct >= 10, `the fast path answered ${direct} requests directly`);
  });

  it('accepts an assertion once, whichever way it is sent', async () => {
    const { issuer, clients } = materials();
    const send = (way: Way, jti: string) =>
      ways().send(way, tokenRequest({ issuer }, clients.withKey, clientCredentials, { jti }));
    const turns: readonly (readonly [Way, Way])[] = [
      ['fast', 'fast'],
      ['fast', 'engine'],
      ['engine', 'fast'],
    ];
    for (const [first, second] of turns) {
      const jti = randomUUID();
      assert.equal((await send(first, jti)).status, 200);
      assert.equal((await send(second, jti)).status, 401);
    }
    const jti = randomUUID();
    const race = Array.from({ length: 8 }, (_, turn) => send(turn % 2 ? 'fast' : 'engine', jti));
    const statuses = (await Promise.all(race)).map(({ status }) => status);
    assert.deepEqual(
      statuses.toSorted((one, other) => one - other),
      [200, ...Array.from({ length: 7 }, () => 401)],
    );
  });

  it('gives equal responses to refreshes that fail', async () => {
    await compareAll(refreshOf(materials()));
  });

  it('gives equal responses to code exchanges that fail', async () => {
    await compareAll(exchangeOf(materials()));
  });

  it('gives equal responses to userinfo requests', async () => {
    await compareAll(userinfoOf(materials(), 'GET'));
    await compareAll(userinfoOf(materials(), 'POST'));
    assertAnswered('userinfo', 10, 5);
  });
});
