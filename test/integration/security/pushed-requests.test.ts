// Pushed authorization requests (RFC 9126) of every kind of client, on two nodes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { assertRefused } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { RelyingParty } from '#test/support/actors/relying-party.ts';

const required = { require_pushed_authorization_requests: true } as const;

describeNodes('a client that must push its authorization requests', { settings: {} }, (nodes) => {
  for (const auth of ['none', 'client_secret_basic', 'private_key_jwt'] as const) {
    it(`signs users in with ${auth}, and only with a pushed request`, async () => {
      const rp = await nodes().relyingParty({ auth, ...required });
      const pending = await rp.request({ scope: 'openid email' });

      const plain = await nodes().browser().open(pending.url);
      const pushed = await rp.push(pending.url.searchParams);
      const browser = nodes().browser(nodes().at(1));
      const first = await browser.open(addressOf(rp, pushed.body['request_uri']));
      const page = await rp.passPages(first, await nodes().createUser());
      const tokens = await rp.exchange(rp.receive(page, pending));

      assert.equal(plain.url.searchParams.get('error'), 'invalid_request');
      assert.equal(pushed.status, 201, pushed.text);
      assert.equal(pushed.body['expires_in'], 60);
      assert.equal(tokens.scope, 'openid email');
    });
  }

  it('can use a request once, and not that of another client', async () => {
    const rp = await nodes().relyingParty(required);
    const other = await nodes().relyingParty(required);
    const person = await nodes().createUser();
    const pending = await rp.request();
    const { body } = await rp.push(pending.url.searchParams);
    const browser = nodes().browser();

    const foreign = await browser.open(addressOf(other, body['request_uri']));
    const page = await browser.open(addressOf(rp, body['request_uri']));
    rp.receive(await rp.passPages(page, person), pending);
    const again = await nodes().browser(nodes().at(1)).open(addressOf(rp, body['request_uri']));

    assert.equal(foreign.left, false);
    assert.equal(foreign.errorCode, 'invalid_request_object');
    assert.equal(again.errorCode, 'invalid_request_uri');
  });

  it('pushes nothing without its credentials or with a request_uri', async () => {
    const rp = await nodes().relyingParty({ auth: 'client_secret_basic', ...required });
    const pending = await rp.request();
    const parameters = Object.fromEntries(pending.url.searchParams);

    const answer = await nodes()
      .at(1)
      .send(rp.as.pushed_authorization_request_endpoint ?? '', {
        method: 'POST',
        body: new URLSearchParams(parameters),
      });
    const nested = await rp.push(
      new URLSearchParams({ ...parameters, request_uri: 'urn:ietf:params:oauth:request_uri:a' }),
    );

    assert.equal(answer.status, 401);
    assertRefused(nested, 400, 'request_uri_not_supported');
  });
});

function addressOf(rp: RelyingParty, requestUri: unknown): URL {
  const url = new URL(rp.as.authorization_endpoint ?? '');
  const parameters = { client_id: rp.app.clientId, request_uri: String(requestUri) };
  url.search = String(new URLSearchParams(parameters));
  return url;
}
