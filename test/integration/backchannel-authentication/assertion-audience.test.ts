// The audience of client assertions in backchannel requests: the issuer, the token endpoint or the endpoint
// for these requests (OpenID CIBA Core §7.1), as one string.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { anAssertingApp } from '#test/support/actors/assertion-client.ts';
import { describeApp } from '#test/support/app.ts';
import type { AppFacts } from '#test/support/data/registrations.ts';
import { backchannelGrant } from '#test/support/steps/backchannel.ts';

const asking: AppFacts = {
  grant_types: [backchannelGrant, 'client_credentials'],
  backchannel_token_delivery_mode: 'poll',
  dpop_bound_access_tokens: true,
};

describeApp('a client assertion of a backchannel request (OpenID CIBA Core §7.1)', {}, (app) => {
  const endpoint = () => `${app().issuer}/oauth2/bc-authorize`;

  async function ask(facts: AppFacts, aud: string | string[]): Promise<number> {
    const { assertion } = await anAssertingApp(app(), facts);
    const { email } = await app().createUser({ emailVerified: true });
    const body = new URLSearchParams({
      scope: 'openid',
      login_hint: email,
      client_assertion: await assertion({ aud }),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    const { status } = await app().send(endpoint(), { method: 'POST', body });
    return status;
  }

  it('may name the issuer, the token endpoint or the endpoint for these requests', async () => {
    for (const aud of [app().issuer, `${app().issuer}/oauth2/token`, endpoint()]) {
      assert.equal(await ask(asking, aud), 200, aud);
    }
  });

  it('may not name several audiences, nor another endpoint', async () => {
    const others = [[app().issuer, endpoint()], [endpoint()], `${endpoint()}?a=1`];
    for (const aud of [...others, `${app().issuer}/oauth2/introspect`]) {
      assert.equal(await ask(asking, aud), 401, String(aud));
    }
  });

  it('must name the issuer if the client is registered for that', async () => {
    const facts = { ...asking, client_assertion_audience: 'issuer' };

    assert.deepEqual([await ask(facts, endpoint()), await ask(facts, app().issuer)], [401, 200]);
  });

  it('must name the issuer if the client also sends pushed authorization requests', async () => {
    const facts = { ...asking, require_pushed_authorization_requests: true };

    assert.equal(await ask(facts, endpoint()), 401);
  });

  it('cannot name the endpoint elsewhere', async () => {
    const { dpop_bound_access_tokens: _, ...bearer } = asking;
    const { send, assertion } = await anAssertingApp(app(), bearer);

    const refused = await send(await assertion({ aud: endpoint() }));
    const accepted = await send(await assertion({ aud: `${app().issuer}/oauth2/token` }));

    assert.deepEqual([refused.status, accepted.status], [401, 200]);
  });
});
