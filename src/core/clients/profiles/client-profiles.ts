// The client profiles: the defaults that each sets for omitted members, and the rules that it demands. A new
// rule is one line in the table of its profile.
import type { ClientMetadata } from '#core/clients/client-policies.ts';
import { device, native, service, spa } from './application-profiles.ts';
import { fapi2, fapi2MessageSigning } from './fapi-profiles.ts';
import type { ClientProfile } from './client-profile.ts';
import { redirectUris } from './profile-rules.ts';
import {
  alwaysPkce,
  code,
  isHttps,
  isLoopback,
  isPrivateScheme,
  minute,
  pkceOrNonce,
  publicClient,
  refusesImplicit,
} from './shared-rules.ts';

export const profileNames = [
  'oauth2.1',
  'oidc-basic',
  'fapi2',
  'fapi2-message-signing',
  'mcp',
  'native',
  'spa',
  'service',
  'device',
] as const;

export type ProfileName = (typeof profileNames)[number];

const profiles: Readonly<Record<ProfileName, ClientProfile>> = {
  'oauth2.1': {
    label: 'OAuth 2.1',
    meaning: 'The authorization code flow with PKCE. The default.',
    defaults: {},
    rules: [refusesImplicit, pkceOrNonce],
  },
  'oidc-basic': {
    label: 'OpenID Connect Basic',
    meaning: 'For libraries that send neither PKCE nor a nonce, and expect RS256.',
    defaults: { ...code, require_pkce: false, id_token_signed_response_alg: 'RS256' },
    rules: [refusesImplicit, { ...pkceOrNonce, severity: 'warning' }],
  },
  fapi2,
  'fapi2-message-signing': fapi2MessageSigning,
  mcp: {
    label: 'Model Context Protocol',
    meaning: 'A client of MCP servers: an assistant, an editor, an agent.',
    limits: { accessTokenSeconds: 15 * minute },
    defaults: publicClient,
    rules: [
      refusesImplicit,
      alwaysPkce('MCP authorization, section "Authorization Code Protection"'),
      redirectUris(
        (uri) => isHttps(uri) || isLoopback(uri) || isPrivateScheme(uri),
        'https addresses, and http on the loopback interface,',
        {
          source: 'MCP authorization, section "Communication Security"',
          because: 'Redirect URIs are on localhost or use https.',
        },
      ),
    ],
  },
  native,
  spa,
  service,
  device,
};

export function isProfileName(value: unknown): value is ProfileName {
  return profileNames.some((name) => name === value);
}

/** The profile of a client; OAuth 2.1 unless its metadata names another. */
export function profileOf({ profile }: ClientMetadata): ClientProfile {
  return profiles[isProfileName(profile) ? profile : 'oauth2.1'];
}

export function profileNamed(name: ProfileName): ClientProfile {
  return profiles[name];
}
