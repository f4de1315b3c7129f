// The registered clients of the plans with static clients. Each group of plans has its own alias and
// clients, since a module fails at a call that it does not expect, such as a repeated logout
// notification of another plan.
import { randomBytes } from 'node:crypto';
import type { Addresses } from '#conformance/stack/addresses.ts';
import type { Certificates, ClientKeys } from '#conformance/stack/certificates.ts';

export type Metadata = Readonly<Record<string, unknown>>;

export interface Registration extends Metadata {
  readonly client_id: string;
}

export interface SecretClient extends Registration {
  readonly client_secret: string;
}

export interface KeyClient extends Registration {
  /** Not registered: for the suite. */
  readonly keys: ClientKeys;
}

type Pair<Client> = readonly [Client, Client];

/** Two clients of the same metadata, with ids that end in a number. */
function pairOf<Client>(make: (index: 0 | 1) => Client): Pair<Client> {
  return [make(0), make(1)];
}

export function createClients({ suite, resource }: Addresses, { clients: keys }: Certificates) {
  const at = (alias: string) => `${suite}/test/a/${alias}`;

  function web(alias: string, index: number): Registration {
    const callback = `${at(alias)}/callback`;
    return {
      client_id: `${alias}-${index + 1}`,
      client_name: `Conformance ${alias} ${index + 1}`,
      // The suite also uses the second address, to see that the query is compared.
      redirect_uris: [callback, `${callback}?dummy1=lorem&dummy2=ipsum`],
    };
  }

  /** The modules send neither PKCE nor, once, a nonce: both are optional in OpenID Connect Core. */
  function basic(alias: string, more: Metadata = {}): Pair<SecretClient> {
    return pairOf((index) => ({
      ...web(alias, index),
      profile: 'oidc-basic',
      require_pkce: 'off',
      client_secret: randomBytes(32).toString('base64url'),
      ...more,
    }));
  }

  function withKeys(alias: string, more: Metadata): Pair<KeyClient> {
    return pairOf((index) => ({
      ...web(alias, index),
      jwks: keys[index].publicJwks,
      keys: keys[index],
      ...more,
    }));
  }

  const fapi = (alias: string, more: Metadata, profile = 'fapi2') =>
    withKeys(alias, { profile, resources: [resource], ...more });
  const certificate = { token_endpoint_auth_method: 'self_signed_tls_client_auth' };
  const bound = { tls_client_certificate_bound_access_tokens: true };
  const signing = {
    request_object_signing_alg: 'PS256',
    authorization_signed_response_alg: 'ES256',
  };

  return {
    basic: basic('basic'),
    post: basic('basic', { token_endpoint_auth_method: 'client_secret_post' }).map((client) => ({
      ...client,
      client_id: `${client.client_id}-post`,
    })),
    logout: basic('logout', {
      post_logout_redirect_uris: [`${at('logout')}/post_logout_redirect`],
    }),
    backChannel: basic('back-channel', {
      post_logout_redirect_uris: [`${at('back-channel')}/post_logout_redirect`],
      backchannel_logout_uri: `${at('back-channel')}/backchannel_logout`,
      backchannel_logout_session_required: true,
    }),
    comprehensive: basic('comprehensive'),
    comprehensiveJwt: withKeys('comprehensive-jwt', {
      profile: 'oidc-basic',
      require_pkce: 'off',
      token_endpoint_auth_method: 'private_key_jwt',
    }),
    jwtDpop: fapi('fapi2-jwt-dpop', {}),
    jwtMtls: fapi('fapi2-jwt-mtls', bound),
    mtlsDpop: fapi('fapi2-mtls-dpop', certificate),
    mtlsMtls: fapi('fapi2-mtls-mtls', { ...certificate, ...bound }),
    jar: fapi('fapi2-jar', {}, 'fapi2-message-signing'),
    jarm: fapi('fapi2-jarm', signing, 'fapi2-message-signing'),
    machine: fapi('fapi2-machine', {
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    }),
    ssfPush: receiver('ssf-push'),
    ssfPoll: receiver('ssf-poll'),
    caepPush: receiver('caep-push'),
    caepPoll: receiver('caep-poll'),
    cibaPoll: ciba('ciba-poll', { backchannel_token_delivery_mode: 'poll' }),
    cibaPing: ciba('ciba-ping', {
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: `${at('ciba-ping')}/ciba-notification-endpoint`,
    }),
  };

  /** A receiver of signals. */
  function receiver(alias: string): SecretClient {
    return {
      client_id: alias,
      client_name: `Conformance ${alias}`,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      token_endpoint_auth_method: 'client_secret_basic',
      client_secret: randomBytes(32).toString('base64url'),
      scope: 'ssf.manage ssf.read',
    };
  }

  function ciba(alias: string, more: Metadata): Pair<KeyClient> {
    return withKeys(alias, {
      grant_types: ['urn:openid:params:grant-type:ciba', 'refresh_token'],
      response_types: [],
      redirect_uris: [],
      token_endpoint_auth_method: 'private_key_jwt',
      id_token_signed_response_alg: 'ES256',
      backchannel_authentication_request_signing_alg: 'PS256',
      ...bound,
      ...more,
    });
  }
}

export type Clients = ReturnType<typeof createClients>;
