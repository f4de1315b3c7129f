// The requests of the token endpoint: one form for each grant, with an example. A test compares them with the
// grant types in the discovery document.
import { about, always, text, uri, type Form, type Members } from './operation.ts';

export const clientMembers: Members = {
  client_id: about(text, 'For public clients and for authentication in the form.'),
  client_secret: text,
  client_assertion: about(text, 'A JWT signed by the client (RFC 7523).'),
  client_assertion_type: text,
};

const tokenType = (name: string) => `urn:ietf:params:oauth:token-type:${name}`;
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessToken = tokenType('access_token');
const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIn0.c2lnbmF0dXJl';

const authorizationCode: Form = {
  members: {
    'grant_type!': always('authorization_code'),
    'code!': text,
    'redirect_uri!': uri,
    code_verifier: about(text, 'RFC 7636 §4.5; absent only if the client does not use PKCE.'),
    resource: uri,
    ...clientMembers,
  },
  example: {
    grant_type: 'authorization_code',
    code: 'rB0oSYo3n1pMQJ2Xy7h4mVnUQmJvJ2Xy7h4mVnUQmJv',
    redirect_uri: 'https://app.example.com/callback',
    code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    client_id: 's6BhdRkqt3',
  },
};

const refreshToken: Form = {
  members: {
    'grant_type!': always('refresh_token'),
    'refresh_token!': text,
    scope: about(text, 'Fewer scopes than were granted.'),
    resource: uri,
    ...clientMembers,
  },
  example: {
    grant_type: 'refresh_token',
    refresh_token: 'ost_rt_4kQ2mX4W1v6sK9tQyB3nC5dE7gH0jL2pR4uV8wYabc',
    client_id: 's6BhdRkqt3',
  },
};

const clientCredentials: Form = {
  members: {
    'grant_type!': always('client_credentials'),
    resource: uri,
    scope: text,
    ...clientMembers,
  },
  example: {
    grant_type: 'client_credentials',
    resource: 'https://api.example.com',
    scope: 'orders:read',
  },
};

const deviceCode: Form = {
  members: {
    'grant_type!': always('urn:ietf:params:oauth:grant-type:device_code'),
    'device_code!': about(text, 'From the device authorization endpoint (RFC 8628 §3.4).'),
    resource: uri,
    ...clientMembers,
  },
  example: {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: 'x7fQ0mX4W1v6sK9tQyB3nC5dE7gH0jL2pR4uV8wYabc',
    client_id: 's6BhdRkqt3',
  },
};

const backchannel: Form = {
  members: {
    'grant_type!': always('urn:openid:params:grant-type:ciba'),
    'auth_req_id!': about(text, 'From the backchannel authentication endpoint (CIBA §10.1).'),
    resource: uri,
    ...clientMembers,
  },
  example: {
    grant_type: 'urn:openid:params:grant-type:ciba',
    auth_req_id: 'n5W0mX4W1v6sK9tQyB3nC5dE7gH0jL2pR4uV8wYabcd',
  },
};

const target: Members = {
  audience: about(text, 'The API of the new token, as resource.'),
  resource: about(uri, 'The API of the new token (RFC 8707).'),
  scope: about(text, 'At most the scopes of the subject token.'),
  requested_token_type: always(accessToken),
};

const tokenExchange: Form = {
  members: {
    'grant_type!': always(exchangeGrant),
    'subject_token!': about(text, 'The access token that the client received as an API.'),
    'subject_token_type!': { type: 'string', enum: [accessToken, tokenType('jwt')] },
    actor_token: about(text, 'An access token of the client itself, which names it as the actor.'),
    actor_token_type: { type: 'string', enum: [accessToken, tokenType('jwt')] },
    ...target,
    ...clientMembers,
  },
  example: {
    grant_type: exchangeGrant,
    subject_token: 'ost_at_2fJ0xZr8mX4W1v6sK9tQyB3nC5dE7gH0jL2pR4uV8wY',
    subject_token_type: accessToken,
    actor_token: 'ost_cc_8mX4W1v6sK9tQyB3nC5dE7gH0jL2pR4uV8wYabcdefg',
    actor_token_type: accessToken,
    audience: 'https://invoices.example.com',
    scope: 'invoices:read',
  },
};

const deviceSecret: Form = {
  members: {
    'grant_type!': always(exchangeGrant),
    'subject_token!': about(text, 'The ID token of the first app (OpenID Connect Native SSO).'),
    'subject_token_type!': always(tokenType('id_token')),
    'actor_token!': about(text, 'The device secret of the first app.'),
    'actor_token_type!': always('urn:openid:params:token-type:device-secret'),
    'audience!': about(uri, 'The issuer.'),
    resource: uri,
    scope: text,
    ...clientMembers,
  },
  example: {
    grant_type: exchangeGrant,
    client_id: 'calendar',
    audience: 'https://id.example.com',
    subject_token: jwt,
    subject_token_type: tokenType('id_token'),
    actor_token: 'Vw3kX4W1v6sK9tQyB3nC5dE7gH0jL2pR4uV8wYabcdef',
    actor_token_type: 'urn:openid:params:token-type:device-secret',
    scope: 'openid email',
  },
};

const jwtBearer: Form = {
  members: {
    'grant_type!': always('urn:ietf:params:oauth:grant-type:jwt-bearer'),
    'assertion!': about(text, 'A JWT of an issuer that the client trusts (RFC 7523 §2.1).'),
    resource: uri,
    scope: text,
    ...clientMembers,
  },
  example: {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    client_id: 's6BhdRkqt3',
    assertion: jwt,
    resource: 'https://api.example.com',
    scope: 'deploy',
  },
};

/** By the name of the example in the document. */
export const tokenRequests: Readonly<Record<string, Form>> = {
  authorizationCode,
  refreshToken,
  clientCredentials,
  deviceCode,
  backchannelRequest: backchannel,
  tokenExchange,
  deviceSecret,
  jwtBearer,
};
