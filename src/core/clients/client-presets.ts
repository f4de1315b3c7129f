// Presets of client metadata for libraries and frameworks, used by `client create --for`: a profile and the
// members that the library needs. Described in docs/relying-parties.md.
import type { ClientMetadata } from './client-policies.ts';
import { code } from './profiles/shared-rules.ts';

export interface ClientPreset {
  readonly metadata: ClientMetadata;
  /** A setting that the application needs, in one line; undefined when its defaults work. */
  readonly setting?: string;
}

const server = { ...code, token_endpoint_auth_method: 'client_secret_basic', require_pkce: true };
/** For libraries that send a nonce by default but PKCE only on request. */
const serverWithNonce = { ...server, require_pkce: false };
const browser = { profile: 'spa' };
const native = { profile: 'native' };
const machine = { profile: 'service' };
/** For devices without a browser or a keyboard (RFC 8628). */
const device = { profile: 'device' };
/** For libraries that read profile claims from the ID token instead of the userinfo endpoint. */
const claimsInIdToken = { id_token_claims: 'all' };

const presets: ReadonlyMap<string, ClientPreset> = new Map<string, ClientPreset>([
  ['web', { metadata: server }],
  ['spa', { metadata: browser }],
  ['native', { metadata: native }],
  ['machine', { metadata: machine }],
  ['device', { metadata: device }],
  ['authjs', { metadata: { ...server, ...claimsInIdToken } }],
  ['authlib', { metadata: { ...serverWithNonce, ...claimsInIdToken } }],
  [
    'go-oidc',
    {
      metadata: server,
      setting: 'oauth2.S256ChallengeOption and oauth2.VerifierOption of golang.org/x/oauth2',
    },
  ],
  ['mod_auth_openidc', { metadata: serverWithNonce }],
  ['oauth2-proxy', { metadata: server, setting: '--code-challenge-method=S256' }],
  ['oauth4webapi', { metadata: server }],
  ['oidc-client-ts', { metadata: browser }],
  ['openid-client', { metadata: server }],
  [
    'passport',
    {
      metadata: { ...serverWithNonce, ...claimsInIdToken },
      setting: 'nonce: true in the options of passport-openidconnect',
    },
  ],
  ['spring', { metadata: { ...serverWithNonce, id_token_signed_response_alg: 'RS256' } }],
]);

export const presetNames: readonly string[] = [...presets.keys()];

/** The presets of `client create --type`, by the kind of application. */
const presetsByType: ReadonlyMap<string, ClientPreset> = new Map<string, ClientPreset>([
  ['web', { metadata: server }],
  ['spa', { metadata: browser }],
  ['native', { metadata: native }],
  ['service', { metadata: machine }],
  ['device', { metadata: device }],
]);

export const clientTypes: readonly string[] = [...presetsByType.keys()];

export function findPresetOfType(type: string): ClientPreset | undefined {
  return presetsByType.get(type);
}

export function findPreset(name: string): ClientPreset | undefined {
  return presets.get(name);
}
