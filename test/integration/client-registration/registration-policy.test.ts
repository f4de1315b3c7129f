// What a client that registers itself may not have, and which of its URIs are refused (RFC 7591 §2,
// RFC 8252 §7).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startDocumentHost } from '#test/support/actors/client-document-host.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { createRegistrationClient, webClient } from '#test/support/steps/client-registration.ts';

const options = { settings: { CLIENT_REGISTRATION: 'open' } };

describeApp('the policy of client registration', options, (app) => {
  it('cannot make itself trusted, and unknown members are ignored', async () => {
    const { body } = await registration(app()).register({
      ...webClient,
      client_id: 'chosen',
      client_secret: 'chosen',
      first_party: true,
      resources: [`${app().issuer}/auth/api`],
      require_pkce: 'off',
      software_version: '1.0',
    });

    const client = await app().services.clientStore.find(String(body['client_id']));
    assert.deepEqual([client?.firstParty, client?.resources], [false, []]);
    assert.equal(client?.metadata['require_pkce'], true);
    assert.equal('software_version' in body, false);
    assert.equal(body['client_secret'] === 'chosen' || body['client_id'] === 'chosen', false);
  });

  it('gets only scopes that the policy permits, and never those of the management API', async () => {
    const { register } = registration(app());

    const some = await register({ ...webClient, scope: 'openid email groups files:read' });
    const none = await register({ ...webClient, scope: 'files:read' });
    const managing = await register({ ...webClient, scope: 'openid users:read' });

    assert.equal(some.body['scope'], 'openid email');
    for (const refused of [none, managing]) assertMetadataRefused(refused);
  });

  it('gets no authorization details, which operators give only', async () => {
    const types = { authorization_details_types: ['payment'] };
    const client = registration(app());

    const registered = await client.register({ ...webClient, ...types });
    const id = String(registered.body['client_id']);
    const { done } = createCommandRunner(app().services);
    await done(['client', 'update', id, '--metadata', '-'], JSON.stringify(types));
    const updated = await client.update(registered.body, webClient);

    assert.equal('authorization_details_types' in registered.body, false);
    assert.equal(updated.status, 200, JSON.stringify(updated.body));
    const stored = await app().services.clientStore.find(id);
    assert.deepEqual(stored?.metadata['authorization_details_types'], ['payment']);
  });

  it('cannot undo the requirements of an operator: PKCE, and the rules of a profile', async () => {
    const client = registration(app());
    const { done } = createCommandRunner(app().services);
    const demand = (id: string, members: object) =>
      done(['client', 'update', id, '--metadata', '-'], JSON.stringify(members));
    const { body: web } = await client.register(webClient);
    const { body: spa } = await client.register({
      ...webClient,
      token_endpoint_auth_method: 'none',
    });
    await demand(String(web['client_id']), { require_pkce: true });
    await demand(String(spa['client_id']), { profile: 'spa' });

    const changed = await client.update(web, { ...webClient, client_name: 'Wiki 2' });
    const refused = await client.update(spa, webClient);

    assert.equal(changed.status, 200);
    const stored = await app().services.clientStore.find(String(web['client_id']));
    assert.equal(stored?.metadata['require_pkce'], true);
    assert.deepEqual([refused.status, refused.body['error']], [400, 'invalid_client_metadata']);
  });

  it('cannot use a grant type, response type or method that is not permitted', async () => {
    const { register } = registration(app());
    for (const members of [
      { grant_types: ['client_credentials'] },
      { grant_types: ['authorization_code', 'implicit'] },
      { grant_types: ['urn:ietf:params:oauth:grant-type:token-exchange'] },
      { grant_types: 'authorization_code' },
      { response_types: ['token'] },
      { token_endpoint_auth_method: 'client_secret_jwt' },
      { token_endpoint_auth_method: 'private_key_jwt' },
      { tls_client_certificate_bound_access_tokens: true },
      { id_token_signed_response_alg: 'HS256' },
      { id_token_signed_response_alg: 'none' },
      { client_name: 'x'.repeat(201) },
      { client_name: 7 },
      { contacts: Array.from({ length: 21 }, (_, at) => `a${at}@example.com`) },
      { jwks: { keys: [] }, jwks_uri: 'https://wiki.example/jwks' },
      { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } },
    ]) {
      assertMetadataRefused(await register({ ...webClient, ...members }), members);
    }
  });

  it('cannot register a redirect URI through which others could receive a code', async () => {
    const { register } = registration(app());
    for (const uri of [
      'http://wiki.example/callback',
      'https://wiki.example/callback#fragment',
      'https://wiki.example/callback#',
      'https://*.wiki.example/callback',
      'https://user@wiki.example/callback',
      'https://user:secret@wiki.example/callback',
      'https://wiki.example\\@evil.example/callback',
      'https://wiki.example/a b',
      'JaVaScript:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      'file:///etc/passwd',
      'wiki:/callback',
      '/callback',
      '',
      7,
    ]) {
      for (const application_type of ['web', 'native']) {
        const answer = await register({ application_type, redirect_uris: [uri] });
        const { error } = answer.body;
        assert.deepEqual([answer.status, error], [400, 'invalid_redirect_uri'], String(uri));
      }
    }
  });

  it('cannot register another URI that is not https or has parts that mislead', async () => {
    const { register } = registration(app());
    const members = ['logo_uri', 'client_uri', 'policy_uri', 'tos_uri', 'jwks_uri'];
    const more = ['initiate_login_uri', 'backchannel_logout_uri', 'sector_identifier_uri'];
    for (const member of [...members, ...more]) {
      for (const uri of [
        'http://wiki.example/x',
        'javascript:alert(1)',
        'https://u:p@wiki.example',
        'https://wiki.example/#x',
      ]) {
        assertMetadataRefused(await register({ ...webClient, [member]: uri }), { [member]: uri });
      }
    }
    const afterLogout = { post_logout_redirect_uris: ['javascript:alert(1)'] };
    assertMetadataRefused(await register({ ...webClient, ...afterLogout }));
  });

  it('cannot make the server fetch from an internal address', async () => {
    const answer = await registration(app()).register({
      ...webClient,
      sector_identifier_uri: 'https://127.0.0.1:1/sector.json',
    });

    assertMetadataRefused(answer);
  });
});

describeApp(
  'a sector identifier of a client that registers itself',
  { settings: { CLIENT_REGISTRATION: 'open', OUTBOUND_ALLOW: '127.0.0.0/8' } },
  (app) => {
    it('is fetched, and must list the redirect URIs', async (t) => {
      const host = await startDocumentHost(t);
      const { register } = registration(app());
      const request = { ...webClient, sector_identifier_uri: host.clientId };

      host.response = { body: JSON.stringify(webClient.redirect_uris) };
      const listed = await register(request);
      host.response = { body: JSON.stringify(['https://other.example/callback']) };
      const other = await register(request);

      assert.equal(listed.status, 201, JSON.stringify(listed.body));
      assertMetadataRefused(other);
      assert.equal(host.requests(), 2);
    });
  },
);

function registration(app: TestApp) {
  return createRegistrationClient(app);
}

function assertMetadataRefused(
  { status, body }: { status: number; body: Readonly<Record<string, unknown>> },
  about: unknown = '',
): void {
  const expected = [400, 'invalid_client_metadata'];
  assert.deepEqual([status, body['error']], expected, JSON.stringify([about, body]));
}
