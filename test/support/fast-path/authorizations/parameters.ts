// Each parameter of an authorization request: absent, empty, usual, unusual and malformed.
import {
  add,
  all,
  challenge,
  omit,
  raw,
  set,
  type Changes,
  type Choice,
  listed,
} from './drafts.ts';
import type { Visit } from './visits.ts';

// Requests that differ in a way that the fast path understands.

const usualTexts: Changes = {
  unchanged: (draft) => draft,
  'state absent': omit('state'),
  'state empty': set('state', ''),
  'state long': set('state', 'x'.repeat(4000)),
  'state in Unicode': set('state', 'Grüße 🚪 \u202e'),
  'state with a line break': raw('state', 'a%0d%0aSet-Cookie%3a%20a=b'),
  'state with plus and %20': raw('state', 'a+b%20c%2Bd'),
  'state in lower-case encoding': raw('state', 'a%2fb%3d'),
  'state in upper-case encoding': raw('state', 'a%2Fb%3D'),
  'state that looks like JSON': set('state', '{"a":1,"a":2,"__proto__":{}}'),
  'state that looks like a JWT': set('state', 'e30.e30.x'),
  'state with equals signs': raw('state', 'a=b==c'),
  'state with markup': set('state', '<script>"\'&amp;'),
  'nonce absent': omit('nonce'),
  'nonce empty': set('nonce', ''),
  'nonce long': set('nonce', 'n'.repeat(2000)),
  'nonce in Unicode': set('nonce', 'é\u{1f510}'),
  'state without equals sign': all(omit('state'), add('state')),
};

const usualWishes: Changes = {
  'scope openid': set('scope', 'openid'),
  'scope with all claims': set('scope', 'openid email profile'),
  'scope repeated': set('scope', 'openid email openid email'),
  'scope with plus': raw('scope', 'openid+email'),
  'scope unknown': set('scope', 'openid unknown'),
  'scope of an API without it': set('scope', 'openid read'),
  'scope without openid and nonce': all(omit('nonce'), set('scope', 'email')),
  'scope of the only API': all(omit('nonce'), set('scope', 'orders')),
  'scope offline_access': set('scope', 'openid offline_access'),
  'response_type repeated': set('response_type', 'code code'),
  'parameters in another order': (draft) => ({ ...draft, pairs: draft.pairs.toReversed() }),
  'empty pairs': (draft) => ({ ...draft, pairs: [[''], ...draft.pairs, [''], ['']] }),
  'prompt none': set('prompt', 'none'),
  'prompt empty': set('prompt', ''),
  'max_age big': set('max_age', '86400'),
  'max_age with a plus sign': raw('max_age', '%2B86400'),
  'max_age as an exponent': set('max_age', '1e5'),
  'max_age in hexadecimal': set('max_age', '0xffff'),
  'max_age empty': set('max_age', ''),
  'acr_values unknown': set('acr_values', 'urn:unknown other'),
  'login_hint of the user': set('login_hint', 'ann@example.com'),
  'login_hint of no user': set('login_hint', 'unknown'),
  ui_locales: set('ui_locales', 'de fr-CA'),
  'ui_locales unknown': set('ui_locales', 'tlh !!'),
};

const usualTargets = ({ apis, organization }: Visit): Changes => {
  const resource = set('resource', apis.one.audience);
  return {
    'organization of the user': set('organization', organization),
    'organization empty': set('organization', ''),
    'resource one': all(resource, set('scope', 'openid read')),
    'resource without scope': all(resource, set('scope', 'openid')),
    'resource in lower-case encoding': all(
      raw('resource', encodeURIComponent(apis.one.audience).toLowerCase()),
      set('scope', 'openid read'),
    ),
    'resource with an unknown scope': all(resource, set('scope', 'openid read unknown')),
    'resource empty': set('resource', ''),
  };
};

// Requests that the fast path must leave to the middleware and oidc-provider.

const malformedTexts: Changes = {
  'state with NUL': raw('state', 'a%00b'),
  'state in broken UTF-8': raw('state', '%ff'),
  'state in overlong UTF-8': raw('state', '%c0%af'),
  'state with a lone surrogate': raw('state', '%ed%a0%80'),
  'state with a broken encoding': raw('state', '%zz'),
  'state with half an encoding': raw('state', 'a%2'),
};

const unusualScopes: Changes = {
  'scope absent': omit('scope'),
  'scope empty': set('scope', ''),
  'scope of an API alone': all(omit('nonce'), set('scope', 'read')),
  'scope without openid': set('scope', 'email'),
  'scope unknown alone': all(omit('nonce'), set('scope', 'unknown')),
  'scope with two spaces': set('scope', 'openid  email'),
  'scope with a space at the end': set('scope', 'openid '),
  'scope with a quotation mark': set('scope', 'openid "'),
  'scope with a tab': raw('scope', 'openid%09email'),
  'scope in upper case': set('scope', 'OPENID'),
  'scope not allowed before': set('scope', 'openid phone address'),
  'offline_access with consent': all(
    set('scope', 'openid offline_access'),
    set('prompt', 'consent'),
  ),
};

const unusualClients: Changes = {
  'client_id absent': omit('client_id'),
  'client_id empty': set('client_id', ''),
  'client_id unknown': set('client_id', 'unknown'),
  'client_id of an object member': set('client_id', '__proto__'),
  'client_id that is a URL': set('client_id', 'https://127.0.0.1:1/client.json'),
  'client_id with a space': (draft) => set('client_id', `${draft.client.clientId} `)(draft),
  'redirect_uri absent': omit('redirect_uri'),
  'redirect_uri empty': set('redirect_uri', ''),
  'redirect_uri of another host': set('redirect_uri', 'https://evil.example/cb'),
  'redirect_uri with a slash': set('redirect_uri', 'https://rp.example/cb/'),
  'redirect_uri with a query': set('redirect_uri', 'https://rp.example/cb?a=b'),
  'redirect_uri with a fragment': set('redirect_uri', 'https://rp.example/cb#a'),
  'redirect_uri with a port': set('redirect_uri', 'https://rp.example:443/cb'),
  'redirect_uri in upper case': set('redirect_uri', 'https://RP.example/cb'),
  'redirect_uri that is no URL': set('redirect_uri', 'cb'),
  'redirect_uri with a script': set('redirect_uri', 'javascript:alert(1)'),
};

const unusualResponses: Changes = {
  'response_type absent': omit('response_type'),
  'response_type empty': set('response_type', ''),
  'response_type token': set('response_type', 'token'),
  'response_type id_token': set('response_type', 'id_token'),
  'response_type code id_token': set('response_type', 'code id_token'),
  'response_type none': set('response_type', 'none'),
  'response_type in upper case': set('response_type', 'CODE'),
  'response_type with a space': set('response_type', 'code '),
  'response_mode query': set('response_mode', 'query'),
  'response_mode fragment': set('response_mode', 'fragment'),
  'response_mode form_post': set('response_mode', 'form_post'),
  'response_mode jwt': set('response_mode', 'jwt'),
  'response_mode unknown': set('response_mode', 'unknown'),
};

const unusualChallenges: Changes = {
  'challenge absent': omit('code_challenge', 'code_challenge_method'),
  'challenge empty': set('code_challenge', ''),
  'challenge short': set('code_challenge', 'short'),
  'challenge long': set('code_challenge', 'a'.repeat(44)),
  'challenge very long': set('code_challenge', 'a'.repeat(129)),
  'challenge with a tilde': set('code_challenge', `${challenge.slice(1)}~`),
  'challenge malformed': set('code_challenge', `${challenge.slice(1)}!`),
  'method absent': omit('code_challenge_method'),
  'method plain': set('code_challenge_method', 'plain'),
  'method unknown': set('code_challenge_method', 'S512'),
  'method in lower case': set('code_challenge_method', 's256'),
  'method without a challenge': omit('code_challenge'),
};

const unusualWishes: Changes = {
  'prompt login': set('prompt', 'login'),
  'prompt consent': set('prompt', 'consent'),
  'prompt select_account': set('prompt', 'select_account'),
  'prompt none and login': set('prompt', 'none login'),
  'prompt login and consent': set('prompt', 'login consent'),
  'prompt unknown': set('prompt', 'create'),
  'prompt in upper case': set('prompt', 'NONE'),
  'prompt none with two spaces': set('prompt', 'none  '),
  'prompt none for another scope': all(set('prompt', 'none'), set('scope', 'openid phone address')),
  'max_age 0': set('max_age', '0'),
  'max_age 0 in silence': all(set('max_age', '0'), set('prompt', 'none')),
  'max_age -0': set('max_age', '-0'),
  'max_age negative': set('max_age', '-1'),
  'max_age text': set('max_age', 'old'),
  'max_age fraction': set('max_age', '1.5'),
  'max_age too big': set('max_age', '9'.repeat(20)),
  'max_age with a space': set('max_age', ' '),
  'acr_values second factor': set('acr_values', 'urn:ostiary:acr:two-factor'),
};

const unusualTargets = ({ apis, outside, idToken }: Visit): Changes => {
  const one = encodeURIComponent(apis.one.audience);
  return {
    'organization of others': set('organization', outside),
    'organization unknown': set('organization', 'unknown'),
    'resource two': all(
      add('resource', one),
      add('resource', encodeURIComponent(apis.two.audience)),
    ),
    'resource twice': all(add('resource', one), add('resource', one)),
    'resource of another API': all(
      set('resource', apis.two.audience),
      set('scope', 'openid write'),
    ),
    'resource unknown': set('resource', 'https://unknown.example'),
    'resource no URL': set('resource', 'an-api'),
    'resource with a fragment': set('resource', `${apis.one.audience}#a`),
    'resource with an empty fragment': set('resource', `${apis.one.audience}#`),
    'id_token_hint of the user': set('id_token_hint', idToken),
  };
};

const details = encodeURIComponent('[{"type":"x"}]');
const unusualDocuments: Changes = {
  'id_token_hint malformed': set('id_token_hint', 'e30.e30.x'),
  claims: set('claims', '{"id_token":{"email":null}}'),
  'claims about another user': set('claims', '{"id_token":{"sub":{"value":"another"}}}'),
  'claims malformed': set('claims', '{'),
  'claims with a repeated name': set('claims', '{"id_token":{},"id_token":{}}'),
  'request object': set('request', 'e30.e30.x'),
  request_uri: set('request_uri', 'urn:ietf:params:oauth:request_uri:unknown'),
  'request_uri that is a URL': set('request_uri', 'https://rp.example/request'),
  registration: set('registration', '{}'),
  dpop_jkt: set('dpop_jkt', 'wc3dmTCKgO6Lq9dIg7VjSbkBLlaMVLXqQ8yyWSv5jP4'),
  authorization_details: raw('authorization_details', details),
  posted_request: set('posted_request', 'x'.repeat(43)),
};

const unusualNames: Changes = {
  'unknown parameter': set('unknown', '1'),
  'unknown empty parameter': set('unknown', ''),
  'parameter __proto__': set('__proto__', 'x'),
  credential: set('client_secret', 'x'),
  'state twice': add('state', 'b'),
  'state twice, first empty': (draft) => ({ ...draft, pairs: [['state', ''], ...draft.pairs] }),
  'client_id twice': (draft) => add('client_id', draft.client.clientId)(draft),
  'state twice, in another encoding': add('st%61te', 'b'),
  'name in another encoding': all(omit('state'), add('st%61te', 'b')),
  'name in upper case': all(omit('state'), add('STATE', 'b')),
  'name with brackets': all(omit('state'), add('state[]', 'b')),
  'many parameters': (draft) => ({
    ...draft,
    pairs: [...draft.pairs, ...Array.from({ length: 300 }, (_, at) => [`x${at}`, ''] as const)],
  }),
  'very long URL': set('state', 'x'.repeat(12 * 1024)),
  nothing: (draft) => ({ ...draft, pairs: [] }),
};

export const parameterChoices = (visit: Visit): readonly Choice[] => [
  ...listed({ ...usualTexts, ...usualWishes, ...usualTargets(visit) }, true),
  ...[malformedTexts, unusualScopes, unusualClients, unusualResponses, unusualChallenges].flatMap(
    (changes) => listed(changes, false),
  ),
  ...[unusualWishes, unusualTargets(visit), unusualDocuments, unusualNames].flatMap((changes) =>
    listed(changes, false),
  ),
];
