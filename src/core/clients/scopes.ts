// Standard scopes and their claims (OpenID Connect Core §5.4), those of roles, groups and
// organizations, and the scopes of the management API. Scopes of other APIs belong to their API
// resources.

/** Claims that each scope gives access to; `openid` gives `sub` only. */
export const claimsOfScope = {
  openid: ['sub'],
  offline_access: [],
  // OpenID Connect Native SSO 1.0 §3.1; only clients of a group receive a secret.
  device_sso: [],
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
  // Not defined by OpenID Connect; docs/authorization.md describes them.
  roles: ['roles'],
  groups: ['groups'],
  organization: ['org_id', 'org_name', 'org_roles'],
} as const satisfies Record<string, readonly string[]>;

export type StandardScope = keyof typeof claimsOfScope;

export function isStandardScope(scope: string): scope is StandardScope {
  return Object.hasOwn(claimsOfScope, scope);
}

/** `"a b  c"` becomes `['a', 'b', 'c']`; duplicates are removed. */
export function splitScope(scope: unknown): readonly string[] {
  if (typeof scope !== 'string') return [];
  return [...new Set(scope.split(' ').filter((part) => part !== ''))];
}

/** Scopes of the management API, an API resource that always exists. */
export const managementScopes = [
  'users:read',
  'users:write',
  'users:impersonate',
  'sessions:read',
  'sessions:write',
  'grants:read',
  'grants:write',
  'clients:read',
  'clients:write',
  'audit:read',
  'supplements:read',
  'supplements:write',
  'resources:read',
  'resources:write',
  'keys:read',
  'keys:write',
  'settings:read',
  'roles:read',
  'roles:write',
  'groups:read',
  'groups:write',
  'organizations:read',
  'organizations:write',
  'access:evaluate',
  'outbox:read',
  'outbox:write',
  'webhooks:read',
  'webhooks:write',
  'signals:read',
  'signals:write',
  'providers:read',
  'providers:write',
  'branding:read',
  'branding:write',
  'logging:read',
  'logging:write',
  'approvals:read',
  'approvals:write',
] as const;

export type ManagementScope = (typeof managementScopes)[number];

/**
 * Permits a client with its own key to revoke all sessions, grants and tokens of a user in one request, and
 * nothing else (Global Token Revocation §7.1). It is a right of the registration, never the scope of a token.
 */
export const globalRevocationScope = 'global_token_revocation';

/**
 * Scopes of the API in which receivers of Shared Signals manage their streams (CAEP Interoperability
 * Profile 1.0 §2.7.2). It always exists; a client that is registered with one of them is a receiver.
 */
export const signalScopes = ['ssf.manage', 'ssf.read'] as const;

export function signalAudience(issuer: string): string {
  return `${issuer}/oauth2/ssf`;
}

export function managementAudience(issuer: string): string {
  return `${issuer}/auth/api`;
}
