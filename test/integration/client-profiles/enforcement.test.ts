// Rules that profiles enforce in requests, beyond those of the metadata: on two processes, with a certified
// client library.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeProtectedHeader } from 'jose';
import { createRelyingParty } from '#test/support/actors/relying-party.ts';
import { assertRefused, offline } from '#test/support/data/outcomes.ts';
import type { AppFacts } from '#test/support/data/registrations.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import { createProvingSend } from '#test/support/steps/dpop.ts';
import { claimsOf, seconds, signed, type Claims } from '#test/support/steps/request-objects.ts';

const day = 24 * 60 * 60;

describeNodes('the profile of a client on two nodes', {}, (nodes) => {
  async function aFapiClient(facts: AppFacts = {}) {
    const registered = await nodes().createClient({
      auth: 'private_key_jwt',
      profile: 'fapi2',
      ...facts,
    });
    const send = await createProvingSend(nodes().at(0).send);
    const rp = await createRelyingParty({ issuer: nodes().issuer, send, app: registered });
    const pushed = async () => {
      const pending = await rp.request();
      const { status, body, text } = await rp.push(pending.url.searchParams);
      assert.equal(status, 201, text);
      const url = new URL(rp.as.authorization_endpoint ?? '');
      url.searchParams.set('client_id', registered.clientId);
      url.searchParams.set('request_uri', String(body['request_uri']));
      return { pending, url };
    };
    const sign = (claims: Claims) => {
      assert.ok(registered.privateKey);
      return signed(claims, registered.privateKey, { alg: 'ES256' });
    };
    return { rp, pushed, sign };
  }

  it('fapi2 signs a user in with PAR, DPoP and PKCE, and keeps the refresh token', async () => {
    const { rp, pushed } = await aFapiClient();
    const { pending, url } = await pushed();

    const page = await rp.passPages(await nodes().browser().open(url), await nodes().createUser());
    const tokens = await rp.exchange(rp.receive(page, pending));
    const next = await rp.refresh(tokens.refreshToken);

    assert.equal(next.refreshToken, tokens.refreshToken);
  });

  it('fapi2 limits access tokens to 15 minutes', async () => {
    const { rp, pushed } = await aFapiClient();
    const { pending, url } = await pushed();
    const page = await rp.passPages(await nodes().browser().open(url), await nodes().createUser());
    const { accessToken } = await rp.exchange(rp.receive(page, pending));

    const { body } = await rp.introspect(accessToken);

    assert.equal(Number(body['exp']) - Number(body['iat']), 15 * 60);
  });

  it('fapi2 refuses a request that is not pushed, or has no PKCE or no redirect_uri', async () => {
    const { rp } = await aFapiClient();
    const pending = await rp.request();
    const without = (...names: string[]) => {
      const parameters = new URLSearchParams(pending.url.searchParams);
      for (const name of names) parameters.delete(name);
      return rp.push(parameters);
    };

    const direct = await nodes().browser().open(pending.url);

    assert.equal(direct.url.searchParams.get('error'), 'invalid_request');
    assertRefused(await without('code_challenge', 'code_challenge_method'), 400, 'invalid_request');
    assertRefused(await without('redirect_uri'), 400, 'invalid_request');
  });

  it('fapi2 refuses an access token in the query (FAPI 2.0 section 5.3.4)', async () => {
    const { rp, pushed } = await aFapiClient();
    const { pending, url } = await pushed();
    const page = await rp.passPages(await nodes().browser().open(url), await nodes().createUser());
    const { accessToken } = await rp.exchange(rp.receive(page, pending));

    const userinfo = new URL(rp.as.userinfo_endpoint ?? '');
    userinfo.searchParams.set('access_token', accessToken);

    assert.equal((await nodes().at(1).send(userinfo)).status, 400);
  });

  it('fapi2-message-signing accepts a request object that expires within 60 minutes of nbf only', async () => {
    const { rp, sign } = await aFapiClient({ profile: 'fapi2-message-signing' });
    const claims = claimsOf(rp, await rp.request());
    const push = async (changed: object) =>
      rp.push(new URLSearchParams({ request: await sign({ ...claims, ...changed }) }));
    const now = seconds();

    const good = await push({ nbf: now, exp: now + 3600 });
    const refused = [
      await push({ nbf: now - 5, exp: now + 3600 }),
      await push({ nbf: undefined }),
      await push({ exp: undefined }),
    ];
    const unsigned = await rp.push((await rp.request()).url.searchParams);

    assert.equal(good.status, 201, good.text);
    for (const answer of refused) assertRefused(answer, 400, 'invalid_request_object');
    assertRefused(unsigned, 400, 'invalid_request');
  });

  it('fapi2-message-signing responds as requested, with JARM signed with ES256', async () => {
    const { rp, sign } = await aFapiClient({ profile: 'fapi2-message-signing' });
    const algorithms: unknown[] = [];
    for (const mode of ['query', 'jwt']) {
      const pending = await rp.request({ response_mode: mode });
      const request = await sign({ ...claimsOf(rp, pending), nbf: seconds() });
      const pushed = await rp.push(new URLSearchParams({ request }));
      const url = new URL(rp.as.authorization_endpoint ?? '');
      url.searchParams.set('client_id', rp.app.clientId);
      url.searchParams.set('request_uri', String(pushed.body['request_uri']));
      const browser = nodes().browser();
      const page = await rp.passPages(await browser.open(url), await nodes().createUser());
      const response = page.url.searchParams.get('response');
      assert.equal(page.url.searchParams.has('code'), response === null, pushed.text);
      algorithms.push(response && decodeProtectedHeader(response).alg);
    }

    assert.deepEqual(algorithms, [null, 'ES256']);
  });

  it('spa limits access tokens to 15 minutes and a refresh token family to 7 days', async () => {
    const rp = await nodes().relyingParty({ profile: 'spa' });
    const usual = await nodes().relyingParty();
    const person = await nodes().createUser();
    const endOf = async (party: typeof rp) => {
      const { refreshToken } = await party.login(person, offline);
      const rotated = await (await party.through(nodes().at(1).send)).refresh(refreshToken);
      const { body } = await party.introspect(rotated.refreshToken);
      return Math.round((Number(body['exp']) - seconds()) / day);
    };

    const { accessToken } = await rp.login(person);
    const { body } = await rp.introspect(accessToken);

    assert.equal(Number(body['exp']) - Number(body['iat']), 15 * 60);
    assert.deepEqual([await endOf(rp), await endOf(usual)], [7, 30]);
  });
});
