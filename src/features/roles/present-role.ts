// A role as the command line and the API show it.
import type { RoleDefinition, ShownRole } from './roles.ts';

export function presentRole({ permissions, isBuiltIn, ...role }: ShownRole) {
  return {
    ...presentRoleRow(role),
    built_in: isBuiltIn,
    permissions: permissions.map(({ audience, scopes }) => ({ audience, scopes: [...scopes] })),
  };
}

/** Without the permissions, for lists. */
export function presentRoleRow({ id, name, clientId, description, createdAt }: RoleDefinition) {
  return {
    id,
    name,
    client_id: clientId ?? null,
    description: description ?? null,
    created_at: createdAt.toISOString(),
  };
}
