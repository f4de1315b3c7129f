// The audience of a client assertion is one string: the issuer or, for clients registered that
// way, the token endpoint (OIDC Core §9, FAPI 2.0 Security Profile §5.3.2.1).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { anAssertingApp } from '#test/support/actors/assertion-client.ts';
import { assertRefused } from '#test/support/data/outcomes.ts';

const heldToIssuer = { client_assertion_audience: 'issuer' };

describeApp('client assertion with client_assertion_audience "issuer"', {}, (app) => {
  const audiences: readonly (readonly [string, (issuer: string) => string | string[]])[] = [
    ['the token endpoint', (issuer) => `${issuer}/oauth2/token`],
    ['a list with the issuer in it', (issuer) => [issuer]],
    ['a list with the token endpoint', (issuer) => ['https://x.example', `${issuer}/oauth2/token`]],
    ['another host', () => 'https://evil.example'],
    ['the issuer with a trailing slash', (issuer) => `${issuer}/`],
    ['the issuer in capitals', (issuer) => issuer.toUpperCase()],
  ];

  it('is accepted when aud is the issuer', async () => {
    const { send, assertion } = await anAssertingApp(app(), heldToIssuer);

    assert.equal((await send(await assertion())).status, 200);
  });

  for (const [name, audience] of audiences) {
    it(`is rejected when aud is ${name}`, async () => {
      const { send, assertion } = await anAssertingApp(app(), heldToIssuer);

      const answer = await send(await assertion({ aud: audience(app().issuer) }));

      assertRefused(answer, 401, 'invalid_client');
    });
  }
});

describeApp(
  'client assertion with client_assertion_audience "issuer_or_token_endpoint"',
  {},
  (app) => {
    const endpoint = (issuer: string) => `${issuer}/oauth2/token`;

    it('is accepted once when aud is the token endpoint', async () => {
      const { send, assertion } = await anAssertingApp(app());
      const text = await assertion({ aud: endpoint(app().issuer) });

      assert.equal((await send(text)).status, 200);
      assertRefused(await send(text), 401, 'invalid_client');
    });

    it('is accepted once, whether aud is the issuer or the token endpoint', async () => {
      const { send, assertion } = await anAssertingApp(app());
      const jti = crypto.randomUUID();

      assert.equal((await send(await assertion({ jti }))).status, 200);

      const again = await assertion({ jti, aud: endpoint(app().issuer) });
      assertRefused(await send(again), 401, 'invalid_client');
    });

    const refused: readonly (readonly [string, (issuer: string) => string | string[]])[] = [
      ['both in one list', (issuer) => [issuer, endpoint(issuer)]],
      ['the token endpoint in a list', (issuer) => [endpoint(issuer)]],
      ['another endpoint', (issuer) => `${issuer}/oauth2/introspect`],
      ['the token endpoint of another host', () => 'https://evil.example/oauth2/token'],
      ['the token endpoint with a query', (issuer) => `${endpoint(issuer)}?a=1`],
    ];

    for (const [name, audience] of refused) {
      it(`is rejected when aud is ${name}`, async () => {
        const { send, assertion } = await anAssertingApp(app());

        const answer = await send(await assertion({ aud: audience(app().issuer) }));

        assertRefused(answer, 401, 'invalid_client');
      });
    }

    for (const member of ['require_pushed_authorization_requests', 'dpop_bound_access_tokens']) {
      it(`is rejected for the token endpoint when the client has ${member}`, async () => {
        const { send, assertion } = await anAssertingApp(app(), { [member]: true });

        const answer = await send(await assertion({ aud: endpoint(app().issuer) }));

        assertRefused(answer, 401, 'invalid_client');
      });

      it(`cannot be registered together with ${member}`, async () => {
        const client_assertion_audience = 'issuer_or_token_endpoint';

        await assert.rejects(anAssertingApp(app(), { [member]: true, client_assertion_audience }), {
          message: `client_assertion_audience must be "issuer" because of ${member}.`,
        });
      });
    }
  },
);
