// An authorization request of a browser with a live session has the same response with and without the fast
// path, and its code the same tokens (docs/decisions/0065): generated requests are sent both ways.
// FAST_PATH_REQUESTS sets the number of random requests, FAST_PATH_SEED their seed.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import { describeApp, shareInSuite } from '#test/support/app.ts';
import {
  clientCases,
  randomCases,
  singleCases,
  type AuthorizationCase,
} from '#test/support/fast-path/authorizations/cases.ts';
import { verifier } from '#test/support/fast-path/authorizations/drafts.ts';
import { headerChoices } from '#test/support/fast-path/authorizations/headers.ts';
import { codeOf, compareNavigations } from '#test/support/fast-path/authorizations/navigations.ts';
import { parameterChoices } from '#test/support/fast-path/authorizations/parameters.ts';
import { createVisit } from '#test/support/fast-path/authorizations/visits.ts';
import { comparable } from '#test/support/fast-path/comparable.ts';
import { tokenRequest } from '#test/support/fast-path/scenarios.ts';
import { openTwoWays } from '#test/support/fast-path/two-ways.ts';

const { FAST_PATH_REQUESTS: requests, FAST_PATH_SEED: givenSeed } = process.env;
const randomCount = Number(requests ?? 50);
// The same requests in every run, unless many are sent.
const seed = Number(givenSeed ?? (requests === undefined ? 1 : Date.now() % 1_000_000));

/** Claims that the request and the session determine. */
function claimsOf(text: string) {
  const { id_token: idToken } = JSON.parse(text);
  if (idToken === undefined) return {};
  const { nonce, sid, auth_time: authTime, acr, amr } = decodeJwt(idToken);
  return { nonce, sid, authTime, acr, amr };
}

describeApp('authorizations with and without the fast path', {}, (app) => {
  const ways = shareInSuite((works) => openTwoWays(works, app()));
  const visit = shareInSuite(() => createVisit(app()));

  /** What the client gets for the code. */
  async function exchange({ client, pairs }: AuthorizationCase['draft'], code: string) {
    const [, redirectUri = ''] = pairs.find(([name]) => name === 'redirect_uri') ?? [];
    const form = { code, redirect_uri: decodeURIComponent(redirectUri), code_verifier: verifier };
    const request = tokenRequest(app(), client, { grant_type: 'authorization_code', ...form });
    const answered = await ways().send('engine', request);
    return { ...comparable(answered), ...claimsOf(answered.text) };
  }

  async function compare({ name, draft, request, isDirect }: AuthorizationCase): Promise<void> {
    const text = `${name} (seed ${seed})\n${JSON.stringify(request)}`;
    const answered = await compareNavigations(ways(), text, request);
    const { fast, engine } = answered;
    if (isDirect !== undefined) assert.equal(answered.isDirect, isDirect, text);
    if (codeOf(fast) === '' || !answered.isDirect) return;
    const tokens = await exchange(draft, codeOf(fast));
    assert.deepEqual(tokens, await exchange(draft, codeOf(engine)), text);
  }

  async function compareAll(cases: readonly AuthorizationCase[]): Promise<void> {
    for (const each of cases) await compare(each);
  }

  it('gives equal responses for each client', () => compareAll(clientCases(visit())));

  it('gives equal responses for each parameter', () =>
    compareAll(singleCases(visit(), parameterChoices(visit()))));

  it('gives equal responses for each header, cookie and method', () =>
    compareAll(singleCases(visit(), headerChoices)));

  it('gives equal responses for random combinations', async () => {
    const known = ways().count('authorization', 'direct');
    await compareAll(randomCases(visit(), randomCount, seed));
    const direct = ways().count('authorization', 'direct') - known;
    assert.ok(direct >= randomCount / 20, `the fast path answered ${direct} requests directly`);
  });
});
