// The permissions that roles grant, and the rights in the management API that follow from them.
import {
  globalRevocationScope,
  managementScopes,
  splitScope,
  type ManagementScope,
} from '#core/clients/scopes.ts';
import { rolesAt } from './assignments.ts';

/** The scopes that one role grants at one API. */
export interface GrantedScopes {
  readonly role: string;
  /** `undefined` for the management API. */
  readonly audience: string | undefined;
  readonly scopes: readonly string[];
}

/** The scopes of one API that any of the roles grants. */
export function grantedScopes(
  permissions: readonly GrantedScopes[],
  roles: readonly string[],
  audience: string,
): ReadonlySet<string> {
  const granted = permissions.filter(
    (each) => each.audience === audience && roles.includes(each.role),
  );
  return new Set(granted.flatMap(({ scopes }) => scopes));
}

/**
 * The scopes of the management API that the roles permit. Only global roles count, outside of any
 * organization: the right to administer must not depend on the client through which it is used.
 */
export function managementRights(
  permissions: readonly GrantedScopes[],
  roles: readonly string[],
): ReadonlySet<ManagementScope> {
  const global = rolesAt(roles, undefined);
  if (global.includes('admin')) return new Set(managementScopes);
  const granted = new Set(
    permissions
      .filter((each) => each.audience === undefined && global.includes(each.role))
      .flatMap(({ scopes }) => scopes),
  );
  const reads = global.includes('auditor');
  return new Set(
    managementScopes.filter((scope) => granted.has(scope) || (reads && scope.endsWith(':read'))),
  );
}

/** Global Token Revocation revokes everything of any user, as these two scopes do. */
const globalRevocationRights = ['users:write', 'sessions:write'] as const;

/** The rights in the management API of a client with this registered `scope`. */
export function rightsOfScope(registered: unknown): ReadonlySet<ManagementScope> {
  const scopes = splitScope(registered);
  const direct = managementScopes.filter((scope) => scopes.includes(scope));
  return new Set(
    scopes.includes(globalRevocationScope) ? [...direct, ...globalRevocationRights] : direct,
  );
}
