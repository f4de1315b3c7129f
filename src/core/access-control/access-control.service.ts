// What a user may do, from the assignments that were loaded with the user. The permissions of roles
// are cached for at most one second, or until any node publishes a change.
import type { ApiResource } from '#core/clients/clients.ts';
import { managementAudience } from '#core/clients/scopes.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import { createTtlCache } from '#platform/ttl-cache.ts';
import { rolesAtPlace, type Assignments, type Place } from './assignments.ts';
import type { RolePermissionStore } from './role-permissions.store.ts';
import { grantedScopes, managementRights, type GrantedScopes } from './role-permissions.ts';

export interface AccessControlDependencies {
  readonly rolePermissions: RolePermissionStore;
  readonly invalidation: Invalidation;
  readonly issuer: string;
  readonly lookedUp?: (isHit: boolean) => void;
  readonly now: () => Date;
}

export function createAccessControl(dependencies: AccessControlDependencies) {
  const { rolePermissions, invalidation, issuer, now } = dependencies;
  const management = managementAudience(issuer);
  const cache = createTtlCache<readonly GrantedScopes[]>({
    load: () => rolePermissions.list(),
    lookedUp: dependencies.lookedUp,
    now,
  });

  invalidation.subscribe(({ clientId, userId, tokenId }) => {
    if ((clientId ?? userId ?? tokenId) === undefined) cache.forget();
  });

  async function rightsOf({ roles }: Assignments): Promise<ReadonlySet<string>> {
    return roles.length === 0 ? new Set() : managementRights(await cache.get('all'), roles);
  }

  return {
    /** The scopes of the management API that the user's roles permit. */
    rightsOf,
    /** The scopes of an API that the user's roles permit, whether or not the API requires them. */
    async permittedScopes(
      assignments: Assignments,
      audience: string,
      place: Place,
    ): Promise<ReadonlySet<string>> {
      if (audience === management) return rightsOf(assignments);
      const roles = rolesAtPlace(assignments, place);
      return roles.length === 0
        ? new Set()
        : grantedScopes(await cache.get('all'), roles, audience);
    },
    /** True if tokens of users contain only the scopes that their roles permit. */
    requiresPermission(resource: Pick<ApiResource, 'audience' | 'requiresPermission'>): boolean {
      return resource.audience === management || resource.requiresPermission === true;
    },
  };
}

export type AccessControl = ReturnType<typeof createAccessControl>;
