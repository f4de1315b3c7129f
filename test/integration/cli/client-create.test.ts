// client create: each metadata member is honored or refused by name, and a preset creates a client
// for a library in one line.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { presetNames } from '#core/clients/client-presets.ts';
import { openBackend } from '#test/support/cli/backends.ts';
import { closeInReverse, type Shell } from '#test/support/cli/shell.ts';

const redirect_uris = ['https://app.example/callback'];

describe('client create', () => {
  const closing = closeInReverse({ after });
  let opened: Shell | undefined;
  before(async () => {
    opened = await openBackend(closing, 'embedded in a running server');
  });
  const shell = (): Shell => {
    assert.ok(opened);
    return opened;
  };
  const create = (metadata: object, ...options: string[]) =>
    shell().run(
      ['client', 'create', '--metadata', '-', '--json', ...options],
      JSON.stringify(metadata),
    );

  const refused: readonly (readonly [metadata: object, message: RegExp])[] = [
    [
      { redirect_uris, grant_type: 'x' },
      /"grant_type" is not supported\. Did you mean grant_types\?/,
    ],
    [
      { redirect_uris, post_logout_redirect_uri: 'https://app.example/' },
      /"post_logout_redirect_uri" is not supported\. Did you mean post_logout_redirect_uris\?/,
    ],
    [{ redirect_uri: 'https://app.example/' }, /"redirect_uri" .* Did you mean redirect_uris\?/],
    [{ redirect_uris, require_pcke: false }, /"require_pcke" .* Did you mean require_pkce\?/],
    [{ redirect_uris, logo_uri: 'http://app.example/logo.png' }, /^logo_uri must be an https URL/],
    [{ redirect_uris, foo: 1 }, /^Client metadata member "foo" is not supported\.$/],
    [
      { redirect_uris, tls_client_certificate_bound_access_tokens: true },
      /^tls_client_certificate_bound_access_tokens requires the setting CLIENT_CERTIFICATE_HEADER/,
    ],
    [{ redirect_uris: ['https://app.example/*'] }, /^redirect_uris are compared to the letter/],
    [{ redirect_uris: ['https://*.app.example/'] }, /^redirect_uris are compared to the letter/],
    [
      { redirect_uris, post_logout_redirect_uris: ['https://app.example/*'] },
      /^post_logout_redirect_uris are compared to the letter/,
    ],
    [
      { redirect_uris, token_endpoint_auth_method: 'client_secret_jwt' },
      /^token_endpoint_auth_method must be none, client_secret_basic, client_secret_post or private_key_jwt\.$/,
    ],
    [
      { redirect_uris, userinfo_signed_response_alg: 'HS256' },
      /userinfo_signed_response_alg must be/,
    ],
  ];

  for (const [metadata, message] of refused) {
    it(`refuses ${JSON.stringify(metadata)}`, async () => {
      const { json, exitCode } = await create(metadata);

      assert.equal(json()['error'], 'invalid_input');
      assert.match(String(json()['message']), message);
      assert.equal(exitCode, 1);
    });
  }

  it('refuses a member named __proto__', async () => {
    const metadata = '{"redirect_uris":["https://app.example/"],"__proto__":{"foo":1}}';

    const { json } = await shell().run(['client', 'create', '--metadata', '-', '--json'], metadata);

    assert.match(String(json()['message']), /"__proto__" is not supported/);
  });

  it('keeps userinfo_signed_response_alg, which is honored', async () => {
    const { json } = await create({ redirect_uris, userinfo_signed_response_alg: 'ES256' });

    assert.equal(json()['userinfo_signed_response_alg'], 'ES256');
  });

  it('stores the default policies in the metadata of a new client', async () => {
    const { json } = await create({ redirect_uris });

    assert.equal(json()['require_pkce'], true);
  });

  for (const name of presetNames) {
    it(`registers a client for ${name} in one line`, async () => {
      const isRedirected = name !== 'machine' && name !== 'device';
      const options = isRedirected ? ['--redirect-uri', 'https://app.example/callback'] : [];

      const command = ['client', 'create', '--for', name, '--name', 'An app', '--json'];
      const made = await shell().done([...command, ...options]);

      const client = made.json();
      assert.equal(client['client_name'], 'An app');
      assert.deepEqual(client['redirect_uris'], isRedirected ? redirect_uris : []);
      assert.deepEqual(client['violations'], []);
      const isPublic = client['token_endpoint_auth_method'] === 'none';
      assert.equal(typeof client['client_secret'], isPublic ? 'undefined' : 'string');
    });
  }

  it('configures RS256 for Spring and ID token claims for Auth.js', async () => {
    const redirect = ['--redirect-uri', 'https://app.example/callback', '--json'];

    const spring = await shell().done(['client', 'create', '--for', 'spring', ...redirect]);
    const authjs = await shell().done(['client', 'create', '--for', 'authjs', ...redirect]);

    assert.equal(spring.json()['id_token_signed_response_alg'], 'RS256');
    assert.equal(authjs.json()['id_token_claims'], 'all');
    assert.equal(authjs.json()['require_pkce'], true);
  });

  it('gives metadata precedence over the preset and the options', async () => {
    const written = { client_name: 'Written', require_pkce: true, client_id: 'combined' };
    const options = ['--for', 'spring', '--redirect-uri', 'https://app.example/x', '--name', 'N'];

    const made = (await create(written, ...options)).json();

    assert.equal(made['client_id'], 'combined');
    assert.equal(made['client_name'], 'Written');
    assert.equal(made['require_pkce'], true);
    assert.deepEqual(made['redirect_uris'], ['https://app.example/x']);
  });

  it('prints the settings for the application', async () => {
    const options = ['--for', 'oauth2-proxy', '--redirect-uri', 'https://app.example/callback'];

    const { out } = await shell().done(['client', 'create', ...options]);

    assert.match(out, /Set in the application: --code-challenge-method=S256/);
  });

  it('lists the presets if one is unknown, and names missing options', async () => {
    const unknown = await shell().run(['client', 'create', '--for', 'sprnig', '--json']);
    const nothing = await shell().run(['client', 'create', '--json']);
    const nowhere = await shell().run(['client', 'create', '--for', 'spring', '--json']);

    assert.match(unknown.err, /authjs, authlib.*Did you mean spring\?/);
    assert.equal(unknown.exitCode, 2);
    assert.match(nothing.err, /--for or --metadata is required/);
    assert.match(nowhere.err, /--redirect-uri is required/);
  });

  it('lists a client without PKCE and nonce as a violation', async () => {
    const made = await create({ redirect_uris, client_id: 'legacy', require_pkce: 'off' });
    const shown = await shell().done(['client', 'show', 'legacy', '--json']);
    const read = await shell().done(['client', 'show', 'legacy']);

    for (const { violations } of [made.json(), shown.json()]) {
      assert.match(JSON.stringify(violations), /"member":"require_pkce","rule":"RFC 9700/);
    }
    assert.match(read.out, /^Violation of RFC 9700 section 2\.1\.1 \(require_pkce\): Neither/m);
  });
});
