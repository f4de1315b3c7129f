// The client profiles: the defaults of each, and the metadata that contradicts it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { presetNames, findPreset } from '#core/clients/client-presets.ts';
import { profileNames, type ProfileName } from '#core/clients/profiles/client-profiles.ts';
import { applyProfile, findViolations } from '#core/clients/profiles/violations.ts';
import { isAppError } from '#platform/errors.ts';

const redirect_uris = ['https://app.example/callback'];

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

const filledIn: Readonly<Record<ProfileName, object>> = {
  'oauth2.1': {},
  'oidc-basic': { require_pkce: false, id_token_signed_response_alg: 'RS256' },
  fapi2: {
    token_endpoint_auth_method: 'private_key_jwt',
    require_pushed_authorization_requests: true,
    dpop_bound_access_tokens: true,
    require_pkce: true,
    client_assertion_audience: 'issuer',
    authorization_signed_response_alg: 'ES256',
    introspection_signed_response_alg: 'ES256',
  },
  'fapi2-message-signing': { require_signed_request_object: true, dpop_bound_access_tokens: true },
  mcp: { token_endpoint_auth_method: 'none', require_pkce: true },
  native: { token_endpoint_auth_method: 'none', application_type: 'native' },
  spa: { token_endpoint_auth_method: 'none', require_pkce: true },
  service: { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] },
  device: { grant_types: [deviceGrant, 'refresh_token'], redirect_uris: [] },
};

/** The member that each of these registrations violates. */
const contradictions: readonly (readonly [ProfileName, string, object])[] = [
  ['oauth2.1', 'require_pkce', { require_pkce: 'off' }],
  ['oauth2.1', 'response_types', { response_types: ['code', 'id_token'] }],
  ['fapi2', 'token_endpoint_auth_method', { token_endpoint_auth_method: 'client_secret_basic' }],
  ['fapi2', 'token_endpoint_auth_method', { token_endpoint_auth_method: 'none' }],
  ['fapi2', 'dpop_bound_access_tokens', { dpop_bound_access_tokens: false }],
  [
    'fapi2',
    'require_pushed_authorization_requests',
    { require_pushed_authorization_requests: false },
  ],
  ['fapi2', 'id_token_signed_response_alg', { id_token_signed_response_alg: 'RS256' }],
  ['fapi2', 'userinfo_signed_response_alg', { userinfo_signed_response_alg: 'RS256' }],
  ['fapi2', 'token_endpoint_auth_signing_alg', { token_endpoint_auth_signing_alg: 'RS256' }],
  ['fapi2', 'client_assertion_audience', { client_assertion_audience: 'issuer_or_token_endpoint' }],
  ['fapi2', 'redirect_uris', { redirect_uris: ['http://app.example/cb'] }],
  [
    'fapi2-message-signing',
    'require_signed_request_object',
    { require_signed_request_object: false },
  ],
  ['fapi2-message-signing', 'request_object_signing_alg', { request_object_signing_alg: 'RS256' }],
  ['mcp', 'require_pkce', { token_endpoint_auth_method: 'private_key_jwt', require_pkce: false }],
  ['mcp', 'redirect_uris', { redirect_uris: ['http://app.example/cb'] }],
  ['native', 'application_type', { application_type: 'web' }],
  ['native', 'token_endpoint_auth_method', { token_endpoint_auth_method: 'client_secret_post' }],
  ['native', 'redirect_uris', { redirect_uris: ['myapp:/callback'] }],
  ['spa', 'token_endpoint_auth_method', { token_endpoint_auth_method: 'client_secret_basic' }],
  ['spa', 'redirect_uris', { redirect_uris: ['com.example.app:/callback'] }],
  ['spa', 'grant_types', { grant_types: ['authorization_code', deviceGrant] }],
  ['service', 'redirect_uris', { redirect_uris }],
  ['service', 'grant_types', { grant_types: ['authorization_code'] }],
  ['service', 'token_endpoint_auth_method', { token_endpoint_auth_method: 'none' }],
  ['device', 'grant_types', { grant_types: ['refresh_token'] }],
  ['device', 'redirect_uris', { redirect_uris }],
];

describe('a profile of a client', () => {
  for (const profile of profileNames) {
    it(`${profile} completes metadata so that nothing violates it`, () => {
      const hasNoRedirect = profile === 'service' || profile === 'device';
      const given = { profile, ...(hasNoRedirect ? {} : { redirect_uris }) };

      const completed = applyProfile(given);

      assert.deepEqual(findViolations(completed), []);
      assert.deepEqual({ ...completed, ...filledIn[profile], ...given }, completed);
    });
  }

  for (const [profile, member, metadata] of contradictions) {
    it(`${profile} refuses ${JSON.stringify(metadata)}, and says how to fix it`, () => {
      const given = { profile, ...metadata };

      assert.throws(
        () => applyProfile(given),
        (error) => {
          assert.ok(isAppError(error, 'invalid_input'));
          assert.ok(error.message.startsWith(`Profile ${profile}: `), error.message);
          assert.ok(error.message.includes(member), error.message);
          return true;
        },
      );
      const found = findViolations({ ...metadata }, profile).filter(
        (violation) => violation.member === member,
      );
      assert.equal(found.length, 1);
      assert.match(found[0]?.remedy ?? '', /\.$/);
    });
  }

  it('keeps what the registration states', () => {
    const completed = applyProfile({ profile: 'oidc-basic', require_pkce: true });

    assert.equal(completed['require_pkce'], true);
  });

  it('accepts tokens that are bound to a certificate instead of a DPoP key', () => {
    const bound = { tls_client_certificate_bound_access_tokens: true };
    const completed = applyProfile({
      profile: 'fapi2',
      token_endpoint_auth_method: 'tls_client_auth',
      ...bound,
    });

    assert.equal(completed['dpop_bound_access_tokens'], undefined);
    assert.deepEqual(findViolations(completed), []);
  });

  it('does not require pushed requests of a FAPI client without the code flow', () => {
    const completed = applyProfile({
      profile: 'fapi2',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      require_pushed_authorization_requests: false,
    });

    assert.deepEqual(findViolations(completed), []);
  });

  it('is OAuth 2.1 for a client that names none: violations are reported, not refused', () => {
    const metadata = { require_pkce: 'off' };

    assert.deepEqual(applyProfile(metadata), metadata);
    assert.deepEqual(findViolations(metadata), [
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

  it('oidc-basic permits neither PKCE nor a nonce, with a warning', () => {
    const completed = applyProfile({ profile: 'oidc-basic', require_pkce: 'off' });

    assert.deepEqual(
      findViolations(completed).map(({ member, severity }) => [member, severity]),
      [['require_pkce', 'warning']],
    );
  });

  it('is not contradicted by any preset for a library', () => {
    for (const name of presetNames) {
      const metadata = findPreset(name)?.metadata ?? {};

      assert.deepEqual(findViolations(applyProfile(metadata)), [], name);
    }
  });
});
