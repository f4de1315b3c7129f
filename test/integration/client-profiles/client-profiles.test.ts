// Profiles of clients in the management API and on the command line: defaults, refusals, and how violations
// of registered clients are found.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient, itemsOf } from '#test/support/actors/api-client.ts';
import { describeApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';

const redirect_uris = ['https://app.example/callback'];
const jwks = {
  keys: [
    {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
      kid: 'one',
    },
  ],
};

describeApp('the profile of a client in the management API', {}, (app) => {
  it('sets omitted members, and gives a FAPI client no secret', async () => {
    const api = await createApiClient(app());

    const made = await api.post('clients', { profile: 'fapi2', redirect_uris, jwks });

    assert.equal(made.status, 201, made.text);
    const { body } = made;
    assert.equal(body['token_endpoint_auth_method'], 'private_key_jwt');
    assert.equal(body['require_pushed_authorization_requests'], true);
    assert.equal(body['dpop_bound_access_tokens'], true);
    assert.equal(body['client_assertion_audience'], 'issuer');
    assert.deepEqual([body['client_secret'], body['violations']], [undefined, []]);
  });

  it('refuses every contradiction in one response, with how to fix each', async () => {
    const api = await createApiClient(app());

    const { status, body } = await api.post('clients', {
      profile: 'fapi2',
      redirect_uris,
      jwks,
      id_token_signed_response_alg: 'RS256',
      dpop_bound_access_tokens: false,
    });

    assert.deepEqual([status, body['code']], [400, 'invalid_input']);
    assert.match(String(body['detail']), /^Profile fapi2: .*dpop_bound_access_tokens.* to true\./);
    assert.match(String(body['detail']), /Remove id_token_signed_response_alg, or set it to/);
  });

  it('refuses an unknown profile', async () => {
    const api = await createApiClient(app());

    const { status, text } = await api.post('clients', { profile: 'fapi3', redirect_uris });

    assert.equal(status, 400);
    assert.match(text, /profile/);
  });

  it('is enforced by later changes until it is removed', async () => {
    const api = await createApiClient(app());
    const made = await api.post('clients', { profile: 'oauth2.1', redirect_uris });
    const path = `clients/${String(made.body['client_id'])}`;
    const change = async (body: object) =>
      api.call('PATCH', path, {
        body,
        headers: { 'if-match': (await api.get(path)).headers.get('etag') ?? '' },
      });

    const refused = await change({ require_pkce: 'off' });
    const freed = await change({ profile: null, require_pkce: 'off' });
    const again = await change({ profile: 'oauth2.1' });

    assert.deepEqual([refused.status, freed.status, again.status], [400, 200, 400]);
    assert.deepEqual(freed.body['violations'], [
      {
        member: 'require_pkce',
        rule: 'RFC 9700 section 2.1.1',
        severity: 'error',
        message:
          'Neither PKCE nor a nonce is required: an injected authorization code is not detected.',
        remedy: 'Set require_pkce to true or false.',
      },
    ]);
  });

  it('finds clients by profile and by violations, page by page', async () => {
    const api = await createApiClient(app());
    const idsOf = async (query: Record<string, string>) =>
      itemsOf(await api.get('clients', { search: 'found-', ...query })).map(
        ({ client_id: id }) => id,
      );
    for (const [id, members] of [
      ['found-1', { require_pkce: 'off' }],
      ['found-2', { profile: 'native', redirect_uris: ['com.example.app:/cb'] }],
      ['found-3', { require_pkce: 'off', profile: 'oidc-basic' }],
      ['found-4', {}],
    ] as const) {
      const made = await api.post('clients', { client_id: id, redirect_uris, ...members });
      assert.equal(made.status, 201, made.text);
    }

    const first = await api.get('clients', { search: 'found-', violations: 'true', limit: '1' });
    const cursor = String(first.body['next_cursor']);

    assert.deepEqual(await idsOf({ violations: 'true' }), ['found-1', 'found-3']);
    assert.deepEqual(await idsOf({ violations: 'false' }), ['found-2', 'found-4']);
    assert.deepEqual(await idsOf({ profile: 'native' }), ['found-2']);
    assert.deepEqual(await idsOf({ profile: 'oauth2.1' }), ['found-1', 'found-4']);
    assert.deepEqual(await idsOf({ violations: 'true', limit: '1', cursor }), ['found-3']);
  });
});

describeApp('the profile of a client on the command line', {}, (app) => {
  it('registers and changes a client by --profile', async () => {
    const { done, run } = createCommandRunner(app().services);
    const uri = ['--redirect-uri', 'https://app.example/'];

    const made = await done(['client', 'create', '--profile', 'spa', ...uri, '--json']);
    const id = String(made.json()['client_id']);
    const refused = await run(['client', 'update', id, '--profile', 'service']);
    const service = await done(['client', 'create', '--profile', 'service', '--json']);
    const missing = await run(['client', 'create', '--profile', 'spa']);

    const { profile, token_endpoint_auth_method: method, require_pkce: pkce } = made.json();
    assert.deepEqual([profile, method, pkce], ['spa', 'none', true]);
    assert.match(refused.err, /Profile service: .* Set redirect_uris to \[\]\./);
    assert.equal(refused.exitCode, 1);
    assert.deepEqual(service.json()['redirect_uris'], []);
    assert.match(missing.err, /--redirect-uri is required/);
  });

  it('lists violations and how to fix them with "client check"', async () => {
    const { run } = createCommandRunner(app().services);
    const { clientId } = await app().createClient({
      auth: 'client_secret_basic',
      require_pkce: 'off',
    });

    const text = await run(['client', 'check']);
    const json = await run(['client', 'check', '--client', clientId, '--json']);

    assert.ok(text.out.includes(`${clientId} (Tasks), profile oauth2.1\n  error: require_pkce: `));
    assert.match(text.out, /Set require_pkce to true or false\. \[RFC 9700 section 2\.1\.1\]\n/);
    assert.deepEqual([text.exitCode, json.exitCode], [1, 1]);
    const [found] = JSON.parse(json.out) as readonly Record<string, unknown>[];
    assert.deepEqual([found?.['client_id'], found?.['profile']], [clientId, 'oauth2.1']);
  });

  it('compares a client with another profile', async () => {
    const { run } = createCommandRunner(app().services);
    const { clientId } = await app().createClient({ auth: 'client_secret_basic' });
    const check = (profile: string) =>
      run(['client', 'check', '--client', clientId, '--profile', profile]);

    const own = await check('oauth2.1');
    const fapi = await check('fapi2');
    const unknown = await check('fapi3');

    assert.deepEqual([own.out, own.exitCode], ['Nothing violates a profile.\n', 0]);
    assert.match(fapi.out, /token_endpoint_auth_method: .* Set .* to "private_key_jwt"/);
    assert.match(fapi.out, /require_pushed_authorization_requests to true/);
    assert.deepEqual([fapi.exitCode, unknown.exitCode], [1, 2]);
  });
});
