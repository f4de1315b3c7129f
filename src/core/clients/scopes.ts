// Standard scopes and the claims they stand for (OIDC Core 5.4). API scopes belong to API resources.

/** Claims a scope gives access to; `openid` alone gives `sub`. */
export const claimsOfScope = {
  openid: ['sub'],
  offline_access: [],
  profile: [
    'name',
    'family_name',
    'given_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  address: ['address'],
} as const satisfies Record<string, readonly string[]>;

export type StandardScope = keyof typeof claimsOfScope;

export function isStandardScope(scope: string): scope is StandardScope {
  return Object.hasOwn(claimsOfScope, scope);
}

/** `"a b  c"` to `['a', 'b', 'c']`, without repetitions. */
export function splitScope(scope: unknown): readonly string[] {
  if (typeof scope !== 'string') return [];
  return [...new Set(scope.split(' ').filter((part) => part !== ''))];
}

/** The audience of the product's own API, an API resource that always exists. */
export const managementScopes = [
  'users:read',
  'users:write',
  'sessions:read',
  'sessions:write',
  'grants:read',
  'grants:write',
  'clients:read',
  'clients:write',
  'audit:read',
  'supplements:read',
  'supplements:write',
] as const;

export type ManagementScope = (typeof managementScopes)[number];

/**
 * Lets a client with a key of its own end everything of a person in one call, and nothing else
 * (Global Token Revocation 7.1): it is a right of the registration, never a scope of a token.
 */
export const globalRevocationScope = 'global_token_revocation';

export function managementAudience(issuer: string): string {
  return `${issuer}/auth/api`;
}
