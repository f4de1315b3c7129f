// The FAPI 2.0 profiles: https://openid.net/specs/fapi-security-profile-2_0-final.html and
// https://openid.net/specs/fapi-message-signing-2_0.html.
import type { ClientMetadata } from '#core/clients/client-policies.ts';
import type { ClientProfile } from './client-profile.ts';
import { mayBe, mustBe, oneTrue, redirectUris, usesGrant } from './profile-rules.ts';
import {
  alwaysPkce,
  code,
  isHttps,
  isLoopback,
  isPrivateScheme,
  minute,
  refusesImplicit,
} from './shared-rules.ts';

const usesCode = usesGrant('authorization_code');

function fapiDefaults(metadata: ClientMetadata): ClientMetadata {
  const isBoundToCertificate = metadata['tls_client_certificate_bound_access_tokens'] === true;
  return {
    ...code,
    token_endpoint_auth_method: 'private_key_jwt',
    require_pushed_authorization_requests: true,
    require_pkce: true,
    client_assertion_audience: 'issuer',
    id_token_signed_response_alg: 'ES256',
    // Responses that are signed only if a request asks for it; oidc-provider would use RS256.
    authorization_signed_response_alg: 'ES256',
    introspection_signed_response_alg: 'ES256',
    ...(isBoundToCertificate ? {} : { dpop_bound_access_tokens: true }),
  };
}

/** The algorithms of FAPI 2.0; Ed25519 is the name of RFC 9864 for EdDSA with that curve. */
const fapiAlgorithms = ['PS256', 'ES256', 'EdDSA', 'Ed25519'];

const fapiAlgorithm = (member: string) =>
  mayBe(member, fapiAlgorithms, {
    source: 'FAPI 2.0 Security Profile section 5.4.1',
    because: 'JWTs are signed with PS256, ES256 or EdDSA.',
  });

export const fapi2: ClientProfile = {
  label: 'FAPI 2.0 Security Profile',
  meaning:
    'Pushed requests, signed or certificate-based authentication, sender-constrained tokens.',
  fapi: '2.0',
  limits: { accessTokenSeconds: 15 * minute },
  defaults: fapiDefaults,
  rules: [
    refusesImplicit,
    mustBe(
      'token_endpoint_auth_method',
      ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'],
      {
        source: 'FAPI 2.0 Security Profile section 5.3.2.1',
        because: 'The client authenticates with a key that it never sends.',
      },
    ),
    oneTrue(['dpop_bound_access_tokens', 'tls_client_certificate_bound_access_tokens'], {
      source: 'FAPI 2.0 Security Profile section 5.3.2.1',
      because: 'Access tokens are bound to a key of the client.',
    }),
    mustBe('client_assertion_audience', ['issuer'], {
      source: 'FAPI 2.0 Security Profile section 5.3.2.1',
      because: 'An assertion for another address could be used here.',
    }),
    oneTrue(['require_pushed_authorization_requests'], {
      source: 'FAPI 2.0 Security Profile section 5.3.2.2',
      because: 'Authorization requests are pushed by the authenticated client.',
      when: usesCode,
    }),
    alwaysPkce('FAPI 2.0 Security Profile section 5.3.2.2'),
    redirectUris(
      (uri) => isHttps(uri) || isPrivateScheme(uri) || isLoopback(uri),
      'https addresses',
      {
        source: 'FAPI 2.0 Security Profile section 5.3.2.2',
        because: 'A code sent over plain HTTP can be intercepted.',
      },
    ),
    fapiAlgorithm('id_token_signed_response_alg'),
    fapiAlgorithm('userinfo_signed_response_alg'),
    fapiAlgorithm('introspection_signed_response_alg'),
    fapiAlgorithm('authorization_signed_response_alg'),
    fapiAlgorithm('request_object_signing_alg'),
    fapiAlgorithm('token_endpoint_auth_signing_alg'),
    fapiAlgorithm('backchannel_authentication_request_signing_alg'),
  ],
};

export const fapi2MessageSigning: ClientProfile = {
  ...fapi2,
  label: 'FAPI 2.0 Message Signing',
  meaning: 'FAPI 2.0 with signed requests, for proof of what the client asked for.',
  defaults: (metadata) => ({ ...fapiDefaults(metadata), require_signed_request_object: true }),
  rules: [
    ...fapi2.rules,
    oneTrue(['require_signed_request_object'], {
      source: 'FAPI 2.0 Message Signing section 5.3.1',
      because: 'Authorization requests are signed request objects.',
      when: usesCode,
    }),
  ],
};
