/**
 * The registration of the relying party behind `/auth/playground`.
 * Owns what that client may do; storing it is left to whoever starts the server.
 */

/** The scopes that the playground may ask for, in the order in which it offers them. */
export const playgroundScopes = [
  'openid',
  'profile',
  'email',
  'phone',
  'address',
  'offline_access',
] as const;

/** Where the playground lives: its page, its redirect URI and its address after signing out. */
export function playgroundAddress(issuer: string): string {
  return `${issuer}/auth/playground`;
}

/**
 * Client metadata as RFC 7591 spells it: a public client, since a page in a browser can keep no
 * secret. It is third party on purpose, so that a newcomer meets the consent page as well.
 */
export function playgroundClient(issuer: string) {
  const address = playgroundAddress(issuer);
  return {
    client_id: 'playground',
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
