// What the requests with DPoP proofs are made of (cases.ts has those without).
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
} from '#test/support/fast-path/choices.ts';
import { signText } from '#test/support/fast-path/assertions.ts';
import type { ProvenMaterials } from './proven-materials.ts';
import type { ProofChanges, ProofKey, ProvenTarget } from './dpop-proofs.ts';
import { assertionsOf } from '#test/support/fast-path/requests.ts';

/** Proofs that are valid, though unusual. */
function acceptedChanges({ url }: ProvenTarget): Readonly<Record<string, ProofChanges>> {
  const now = Math.floor(Date.now() / 1000);
  return {
    usual: {},
    'with a query': { claims: { htu: `${url}?a=b` } },
    'with a fragment': { claims: { htu: `${url}#part` } },
    'in capitals': { claims: { htu: url.replace('http:', 'HTTP:') } },
    'of a minute ago': { claims: { iat: now - 60 } },
    'of the next minute': { claims: { iat: now + 60 } },
    'that expires': { claims: { exp: now + 3600 } },
    'with another claim': { claims: { other: [{ a: 1 }] } },
  };
}

function refusedChanges(
  { url, method }: ProvenTarget,
  { key, jwk }: ProofKey,
  other: ProofKey,
): Readonly<Record<string, ProofChanges>> {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    'another method': { htm: method === 'GET' ? 'POST' : 'GET' },
    'the method in small letters': { htm: method.toLowerCase() },
    'no method': { htm: null },
    'another URL': { htu: `${url}/other` },
    'another host': { htu: url.replace('127.0.0.1', 'evil.example') },
    'https instead': { htu: url.replace('http:', 'https:') },
    'a relative URL': { htu: new URL(url).pathname },
    'no URL': { htu: null },
    'a list of URLs': { htu: [url] },
    'no time': { iat: null },
    'a time in words': { iat: String(now) },
    'an old time': { iat: now - 400 },
    'a time to come': { iat: now + 3600 },
    'a past expiry': { exp: now - 10 },
    'a later start': { nbf: now + 3600 },
    'no id': { jti: null },
    'an empty id': { jti: '' },
    'a number as its id': { jti: 7 },
    'a forged nonce': { nonce: Buffer.alloc(32, 1).toString('base64url') },
    'a short nonce': { nonce: 'x' },
    'a number as its nonce': { nonce: 7 },
    'another token': { ath: 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo' },
  };
  const headers = {
    'another type': { typ: 'JWT' },
    'no type': { typ: null },
    'no algorithm': { alg: 'none' },
    'a symmetric algorithm': { alg: 'HS256' },
    'an algorithm of another key': { alg: 'EdDSA' },
    'no key': { jwk: null },
    'another key': { jwk: other.jwk },
    'a private key': { jwk: key },
    'a symmetric key': { jwk: { kty: 'oct', k: 'AA' } },
    'a key without a coordinate': { jwk: { ...jwk, y: undefined } },
    'a critical extension': { crit: ['b64'], b64: false },
  };
  return {
    ...mapValues(claims, (changed) => ({ claims: changed })),
    ...mapValues(headers, (changed) => ({ header: changed })),
  };
}

function mapValues<From, To>(values: Readonly<Record<string, From>>, change: (value: From) => To) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}

/** Strings that are not valid proofs, and a header that is sent twice. */
function malformedProofs(target: ProvenTarget, key: ProofKey): readonly Choice<Headers>[] {
  const { url, method } = target;
  const header = JSON.stringify({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.jwk });
  const now = Math.floor(Date.now() / 1000);
  const claims = `{"jti":"1","jti":"repeated","iat":${now},"htm":"${method}","htu":"${url}"}`;
  const proof: Headers[number] = ['DPoP', key.place(target)];
  return [
    ['no header', []],
    ['an empty header', [['DPoP', '']]],
    ['no JWT', [['DPoP', 'a proof']]],
    ['an empty JWT', [['DPoP', 'e30.e30.e30']]],
    ['a repeated member', [['DPoP', signText(key.key, header, claims)]]],
    ['two proofs', [proof, proof]],
    ['a proof and another text', [proof, ['dpop', 'x']]],
    ['proofs in one header', [['DPoP', 'e30.e30.e30, e30.e30.e30']]],
  ];
}

/** Headers with each kind of proof; the usual one is first. */
function proofsFor(
  target: ProvenTarget,
  { key, other }: ProvenMaterials,
): readonly Choice<Headers>[] {
  const changes = { ...acceptedChanges(target), ...refusedChanges(target, key, other) };
  const changed = Object.entries(changes).map(([name, change]): Choice<Headers> => [
    name,
    [['DPoP', key.place(target, change)]],
  ]);
  return [...changed, ...malformedProofs(target, key)];
}

/** Client credentials requests with proofs. */
export function provenClientCredentialsOf(materials: ProvenMaterials): Endpoint {
  const { issuer, clients, apis } = materials;
  const { service, bound, strict, withKey, boundWithKey, publicApp } = clients;
  const tokenFor = (...pairs: Pairs) => grantOf('client_credentials', ...pairs);
  return {
    method: 'POST',
    path: '/oauth2/token',
    choices: {
      client: Object.entries({ service, bound, strict, publicApp, withKey, boundWithKey }),
      authentication: [...authentications, ...Object.entries(assertionsOf(issuer))],
      subject: [
        tokenFor(),
        ...Object.values(apis).map(({ audience }) => tokenFor(['resource', encode(audience)])),
        tokenFor(['resource', encode('https://unknown.example')]),
        grantOf('authorization_code', ['code', 'x']),
      ],
      option: [nothing, pair('scope', 'read'), pair('scope', 'unknown')],
      extra: proofsFor({ method: 'POST', url: `${issuer}/oauth2/token` }, materials),
      shape: shapes,
    },
  };
}

/** Userinfo requests with proofs, and with tokens that are or are not bound to a key. */
export function provenUserinfoOf(materials: ProvenMaterials, method: 'GET' | 'POST'): Endpoint {
  const { issuer, tokens, key, other } = materials;
  const target = { method, url: `${issuer}/oauth2/userinfo` } as const;
  const ofToken = (token: string) => ({ ...target, token });
  const present = (token: string, scheme = 'DPoP'): Headers[number] => [
    'Authorization',
    `${scheme} ${token}`,
  ];
  const proven = (token: string, by = key): Headers => [
    present(token),
    ['DPoP', by.place(ofToken(token))],
  ];
  const { bound } = tokens;
  const proof = proven(bound)[1] ?? ['DPoP', ''];
  return {
    method,
    path: '/oauth2/userinfo',
    choices: {
      client: [['', undefined]],
      authentication: [['', () => ({})]],
      subject: [nothing, ['token in the form', [['access_token', encode(bound)]]]],
      option: [nothing, pair('scope', 'openid')],
      extra: [
        ...proofsFor(ofToken(bound), materials).map(([name, headers]): Choice<Headers> => [
          name,
          [present(bound), ...headers],
        ]),
        ...Object.entries(tokens).map(([name, token]): Choice<Headers> => [name, proven(token)]),
        ['the key of another', proven(bound, other)],
        ['the proof of another token', [present(tokens.unbound), proof]],
        ['a proof without a token', [present(bound), ['DPoP', key.place(target)]]],
        ['as a bearer token', [present(bound, 'Bearer')]],
        ['as a bearer token with a proof', [present(bound, 'Bearer'), proof]],
        ['in small letters', [present(bound, 'dpop'), proof]],
        ['an unbound token without a proof', [present(tokens.unbound)]],
        ['only a proof', [proof]],
      ],
      shape: shapes,
    },
  };
}

/** Introspection of bound tokens, which needs no proof. */
export function boundIntrospectionOf({ issuer, clients, tokens, key }: ProvenMaterials): Endpoint {
  const { service, bound, withKey } = clients;
  const target = { method: 'POST', url: `${issuer}/oauth2/introspect` } as const;
  return {
    method: 'POST',
    path: '/oauth2/introspect',
    choices: {
      client: Object.entries({ service, bound, withKey }),
      authentication: [...authentications, ...Object.entries(assertionsOf(issuer))],
      subject: Object.entries(tokens)
        .toReversed()
        .map(([name, token]) => [name, [['token', encode(token)]]]),
      option: [nothing, pair('token_type_hint', 'access_token')],
      extra: [...noHeaders, ['a proof', [['DPoP', key.place(target)]]]],
      shape: shapes,
    },
  };
}
