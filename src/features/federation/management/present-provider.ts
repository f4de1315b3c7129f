// An identity provider as the command line and the API show it. No secret leaves the server.
import type { SignInProvider } from '#config/kinds/sign-in-providers.ts';
import type {
  ProviderState,
  ProviderUsage,
  StoredProvider,
} from '#features/identity-providers/identity-providers.ts';

export interface ProviderPlace {
  readonly state: ProviderState;
  /** The redirect URI to register with the provider. */
  readonly redirectUri: string;
}

export function presentStored(
  { id, issuer, options, enabled, createdAt, updatedAt }: StoredProvider,
  { state, redirectUri }: ProviderPlace,
) {
  const { scopes } = options;
  return {
    id,
    name: options.name,
    issuer,
    client_id: options.client_id,
    scopes: scopes ? [...scopes] : ['email', 'profile'],
    trust_email: options.trust_email ?? null,
    hosted_domain: options.hosted_domain ?? null,
    one_tap: options.one_tap ?? false,
    signals: options.signals ?? false,
    signals_poll_endpoint: options.signals_poll_endpoint ?? null,
    logo: options.logo ?? null,
    source: 'stored' as 'stored' | 'settings',
    state,
    enabled,
    redirect_uri: redirectUri,
    created_at: createdAt.toISOString() as string | null,
    updated_at: updatedAt.toISOString() as string | null,
  };
}

export type ShownProvider = ReturnType<typeof presentStored>;

/** A provider of SIGN_IN_PROVIDERS. */
export function presentConfigured(provider: SignInProvider, redirectUri: string): ShownProvider {
  const { id, name, issuer, clientId, scopes, trustEmail, hostedDomain, oneTap, logo } = provider;
  return {
    id,
    name,
    issuer,
    client_id: clientId,
    scopes: scopes.filter((scope) => scope !== 'openid'),
    trust_email: trustEmail ?? null,
    hosted_domain: hostedDomain ?? null,
    one_tap: oneTap,
    signals: provider.signals ?? false,
    signals_poll_endpoint: provider.signalsPollEndpoint ?? null,
    logo: logoOf(logo),
    source: 'settings',
    state: 'active',
    enabled: true,
    redirect_uri: redirectUri,
    created_at: null,
    updated_at: null,
  };
}

export function presentUsage({ linkedUsers, usersWithoutOtherMethod }: ProviderUsage) {
  return { linked_users: linkedUsers, users_without_other_method: usersWithoutOtherMethod };
}

/** The path of a logo file would reveal something about the server, so it is not shown. */
function logoOf(logo: SignInProvider['logo']): string | null {
  if (logo?.kind === 'mark') return logo.mark;
  return logo?.kind === 'url' ? logo.url : null;
}
