/**
 * Registration of the relying party behind `/auth/playground`. Defines what that client may do;
 * playground.pages.ts has it registered when the page is opened.
 */

/** The scopes that the playground may request, in display order. */
export const playgroundScopes = [
  'openid',
  'profile',
  'email',
  'phone',
  'address',
  'offline_access',
] as const;

/** URL of the playground: its page, its redirect URI and its post-logout redirect URI. */
export function playgroundAddress(issuer: string): string {
  return `${issuer}/auth/playground`;
}

/**
 * Client metadata (RFC 7591): a public client, because a page in a browser cannot keep a secret. It
 * is a third-party client, so that the consent page is shown as well.
 */
export const playgroundClientId = 'playground';

export function playgroundClient(issuer: string) {
  const address = playgroundAddress(issuer);
  return {
    client_id: playgroundClientId,
    client_name: 'Playground',
    application_type: 'web',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [address],
    post_logout_redirect_uris: [address],
    scope: playgroundScopes.join(' '),
  };
}

export type PlaygroundClient = ReturnType<typeof playgroundClient>;
