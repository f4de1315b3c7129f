// What the requests of the comparison are made of: callers, tokens, parameters and shapes, for each
// endpoint.
import {
  authentications,
  encode,
  grantOf,
  noHeaders,
  nothing,
  pair,
  shapes,
  type Choice,
  type Endpoint,
  type Headers,
  type Pairs,
} from './choices.ts';
import type { Materials } from './materials.ts';
import { assertionsOf } from './requests.ts';

export function introspectionOf({ issuer, clients, tokens }: Materials): Endpoint {
  const { web, service, api, signing, publicApp, pairwise, withKey, blocked } = clients;
  return {
    method: 'POST',
    path: '/oauth2/introspect',
    choices: {
      client: Object.entries({ web, api, service, signing, publicApp, pairwise, withKey, blocked }),
      authentication: [...authentications, ...Object.entries(assertionsOf(issuer))],
      subject: Object.entries(tokens).map(([name, token]) => [name, [['token', encode(token)]]]),
      option: [
        nothing,
        pair('token_type_hint', 'access_token'),
        pair('token_type_hint', 'refresh_token'),
        pair('token_type_hint', 'nonsense'),
        pair('token_type_hint', ''),
        pair('token', 'ost_at_second'),
      ],
      extra: noHeaders,
      shape: shapes,
    },
  };
}

export function clientCredentialsOf({ clients, apis }: Materials): Endpoint {
  const { service, posting, limited, noGrants, bound, withKey, publicApp, blocked } = clients;
  const usual = (...others: Pairs) => grantOf('client_credentials', ...others);
  const resources = Object.values(apis).map(({ audience }) =>
    usual(['resource', encode(audience)]),
  );
  return {
    method: 'POST',
    path: '/oauth2/token',
    choices: {
      client: Object.entries({
        service,
        posting,
        limited,
        noGrants,
        bound,
        withKey,
        publicApp,
        blocked,
      }),
      authentication: authentications,
      subject: [
        usual(),
        ...resources,
        usual(['resource', 'relative']),
        usual(['resource', encode('https://unknown.example')]),
        usual(['resource', encode(`${apis.opaque.audience}#part`)]),
        usual(['resource', encode(apis.opaque.audience)], ['resource', encode(apis.jwt.audience)]),
        usual(['resource', '']),
        usual(['refresh_token', 'x']),
        usual(['authorization_details', encode('[{"type":"x"}]')]),
        grantOf('authorization_code', ['code', 'x']),
        grantOf('authorization_code', ['code', 'x'], ['redirect_uri', 'x']),
        grantOf('refresh_token'),
        grantOf('refresh_token', ['refresh_token', 'x']),
        grantOf('refresh_token', ['refresh_token', 'x'], ['code', 'y']),
        grantOf('unknown'),
        grantOf(''),
        grantOf('implicit'),
        nothing,
      ],
      option: [
        nothing,
        ...['read', 'read write', 'read unknown', 'unknown', 'openid', 'openid read', 'email'].map(
          (scope) => pair('scope', scope),
        ),
        ...['read  write', ' read', 'read"', 'ä', 'read\u0000', ''].map((scope) =>
          pair('scope', scope),
        ),
      ],
      extra: noHeaders,
      shape: shapes,
    },
  };
}

/** Token requests of a client that signs assertions. */
export function assertedOf({ issuer, clients, tokens, apis }: Materials): Endpoint {
  const { withKey, service } = clients;
  const tokenFor = (...pairs: Pairs) => grantOf('client_credentials', ...pairs);
  return {
    method: 'POST',
    path: '/oauth2/token',
    choices: {
      client: Object.entries({ withKey, service }),
      authentication: Object.entries(assertionsOf(issuer)),
      subject: [
        tokenFor(),
        ...Object.values(apis).map(({ audience }) => tokenFor(['resource', encode(audience)])),
        tokenFor(['resource', encode('https://unknown.example')]),
        tokenFor(['scope', 'read']),
        grantOf('refresh_token', ['refresh_token', tokens.unknownRefresh]),
        grantOf('authorization_code', ['code', 'x']),
      ],
      option: [nothing, pair('scope', 'read unknown'), pair('client_secret', 'x')],
      extra: noHeaders,
      shape: shapes,
    },
  };
}

/** Refreshes that fail, and can therefore be repeated. */
export function refreshOf({ clients, tokens, apis }: Materials): Endpoint {
  const { web, publicApp, service, withKey, pairwise, blockedWeb } = clients;
  const { ended, unknownRefresh, blockedUserRefresh, blockedClientRefresh, publicRefresh } = tokens;
  const failing = {
    ended,
    unknownRefresh,
    blockedUserRefresh,
    blockedClientRefresh,
    publicRefresh,
  };
  const others = { truncated: tokens.refresh.slice(0, -1), access: tokens.user, text: 'a token?' };
  return {
    method: 'POST',
    path: '/oauth2/token',
    choices: {
      client: Object.entries({ web, service, withKey, pairwise, blockedWeb, publicApp }).filter(
        ([name]) => name !== 'publicApp',
      ),
      authentication: authentications,
      subject: Object.entries({ ...failing, ...others }).map(([name, token]) => [
        name,
        [
          ['grant_type', 'refresh_token'],
          ['refresh_token', encode(token)],
        ],
      ]),
      option: [
        nothing,
        pair('scope', 'openid'),
        pair('scope', 'read"'),
        pair('resource', apis.jwt.audience),
      ],
      extra: noHeaders,
      shape: shapes,
    },
  };
}

/** Exchanges that fail, and can therefore be repeated. */
export function exchangeOf({ clients, codes, apis }: Materials): Endpoint {
  const { web, publicApp, noGrants, service, withKey, pairwise, blockedWeb } = clients;
  return {
    method: 'POST',
    path: '/oauth2/token',
    choices: {
      client: Object.entries({ web, publicApp, noGrants, service, withKey, pairwise, blockedWeb }),
      authentication: authentications,
      subject: Object.entries(codes).map(([name, exchange]): Choice<Pairs> => {
        const pairs = Object.entries(exchange).map(([key, value]) => [key, encode(value)] as const);
        return [name, [['grant_type', 'authorization_code'], ...pairs]];
      }),
      option: [
        nothing,
        pair('scope', 'openid'),
        pair('scope', 'read"'),
        pair('resource', apis.jwt.audience),
        pair('refresh_token', 'x'),
        pair('authorization_details', '[{"type":"x"}]'),
        pair('code', 'second'),
      ],
      extra: noHeaders,
      shape: shapes,
    },
  };
}

export function userinfoOf({ tokens }: Materials, method: 'GET' | 'POST'): Endpoint {
  const withToken = (scheme: string): readonly Choice<Headers>[] =>
    Object.entries(tokens).map(([name, token]) => [
      `${scheme} ${name}`,
      [['Authorization', `${scheme} ${encode(token)}`]],
    ]);
  const inForm = (token: string): Pairs => [['access_token', encode(token)]];
  return {
    method,
    path: '/oauth2/userinfo',
    choices: {
      client: [['', undefined]],
      authentication: [['', () => ({})]],
      subject: [
        nothing,
        ['token in the form', inForm(tokens.user)],
        ['revoked token in the form', inForm(tokens.revoked)],
        ['empty token in the form', inForm('')],
      ],
      option: [nothing, pair('scope', 'openid'), pair('scope', 'unknown')],
      extra: [
        ...withToken('Bearer'),
        ...withToken('DPoP').slice(0, 2),
        ['bearer', [['Authorization', `bearer ${tokens.user}`]]],
        ['without scheme', [['Authorization', tokens.user]]],
        ['two spaces', [['Authorization', `Bearer  ${tokens.user}`]]],
        ['Basic', [['Authorization', 'Basic YTpi']]],
        ['no header', []],
      ],
      shape: shapes,
    },
  };
}
