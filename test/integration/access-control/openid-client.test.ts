// A relying party with openid-client reads roles, groups and the organization.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as client from 'openid-client';
import { describeApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';

describeApp('openid-client', {}, (app) => {
  it('receives roles, groups and org_id in the ID token and from userinfo', async () => {
    const { done } = createCommandRunner(app().services);
    const person = await app().createUser();
    const rp = await app().relyingParty({ id_token_claims: 'all' });
    const { clientId, redirectUri } = rp.app;
    await done(['role', 'create', 'buyer', '--client', clientId]);
    await done(['group', 'create', 'Sales']);
    await done(['group', 'add-role', 'Sales', '--role', `${clientId}:buyer`]);
    await done(['group', 'add-member', 'Sales', '--user', person.id]);
    const organization = await done(['organization', 'create', 'acme', '--json']);
    await done(['organization', 'add-member', 'acme', '--user', person.id]);

    const metadata = { id_token_signed_response_alg: 'ES256' };
    const execute = [client.allowInsecureRequests];
    const config = await client.discovery(
      new URL(app().issuer),
      clientId,
      metadata,
      client.None(),
      { execute },
    );
    const verifier = client.randomPKCECodeVerifier();
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid roles groups organization',
      organization: 'acme',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    const page = await rp.passPages(await app().browser().open(url), person);
    const tokens = await client.authorizationCodeGrant(config, page.url, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
    });
    const userinfo = await client.fetchUserInfo(config, tokens.access_token, person.id);

    for (const claims of [tokens.claims(), userinfo]) {
      assert.deepEqual(claims?.['roles'], ['buyer']);
      assert.deepEqual(claims?.['groups'], ['Sales']);
      assert.equal(claims?.['org_id'], organization.json()['id']);
    }
  });
});
