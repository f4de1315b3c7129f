// The metadata that is stored for a client that registers itself.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyPolicy } from '#features/client-registration/registration-policy.ts';

const policy = {
  scopes: ['openid'],
  hosts: [],
  pkce: 'required',
  members: ['redirect_uris', 'token_endpoint_auth_method', 'dpop_bound_access_tokens', 'jwks_uri'],
} as const;

const request = {
  redirect_uris: ['https://app.example/callback'],
  token_endpoint_auth_method: 'private_key_jwt',
  jwks_uri: 'https://app.example/jwks',
};

describe('the policy for clients that register themselves', () => {
  it('lets an assertion name the token endpoint, except for FAPI clients', () => {
    const usual = applyPolicy(request, policy);
    const bound = applyPolicy({ ...request, dpop_bound_access_tokens: true }, policy);
    const secret = applyPolicy(
      { ...request, token_endpoint_auth_method: 'client_secret_basic' },
      policy,
    );

    assert.equal(usual['client_assertion_audience'], 'issuer_or_token_endpoint');
    assert.equal(bound['client_assertion_audience'], 'issuer');
    assert.equal(secret['client_assertion_audience'], undefined);
  });
});
