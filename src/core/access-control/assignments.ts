// What is assigned to a user: roles, groups and organizations, and what follows from it for one
// client and one organization. Which permissions a role grants is in role-permissions.store.ts.
import type { ClientAccess } from '#core/clients/clients.ts';

/** Roles of the management API. They are never named in claims. */
export const builtInRoles = ['admin', 'auditor'] as const;
export type BuiltInRole = (typeof builtInRoles)[number];

export interface NamedGroup {
  readonly id: string;
  readonly name: string;
}

export interface Membership {
  readonly id: string;
  /** The unique name, which an authorization request may contain instead of the id. */
  readonly name: string;
  readonly displayName: string;
  /** Roles that apply in this organization only. */
  readonly roles: readonly string[];
}

export interface Assignments {
  /** Ids of roles, of the user and of the user's groups. */
  readonly roles: readonly string[];
  readonly groups: readonly NamedGroup[];
  readonly organizations: readonly Membership[];
}

export const noAssignments: Assignments = { roles: [], groups: [], organizations: [] };

/** The client and the organization for which a token is issued. */
export interface Place {
  readonly clientId: string | undefined;
  readonly organizationId: string | undefined;
}

/**
 * Maximum number of values in one claim. Tokens are sent in headers, which servers limit to 8 KiB. Only the
 * first values in alphabetical order are included, so a token never claims more than the user has.
 */
export const maxClaimValues = 100;

/** A role of one client is named `<client_id>:<name>`, a global one `<name>`. */
export function roleId(name: string, clientId: string | undefined): string {
  return clientId === undefined ? name : `${clientId}:${name}`;
}

export function isBuiltIn(role: string): role is BuiltInRole {
  return builtInRoles.some((each) => each === role);
}

export function findMembership(
  { organizations }: Assignments,
  idOrName: string,
): Membership | undefined {
  return organizations.find(({ id, name }) => id === idOrName || name === idOrName);
}

/** The global roles and those of the client, in the order of their ids. */
export function rolesAt(roles: readonly string[], clientId: string | undefined): readonly string[] {
  return roles.filter((role) => {
    const at = role.lastIndexOf(':');
    return at === -1 || role.slice(0, at) === clientId;
  });
}

/** All roles that apply for a client and an organization. */
export function rolesAtPlace(assignments: Assignments, place: Place): readonly string[] {
  const { clientId, organizationId } = place;
  const own = rolesAt(assignments.roles, clientId);
  const membership = organizationId && findMembership(assignments, organizationId);
  return membership ? [...own, ...rolesAt(membership.roles, clientId)] : own;
}

/** True if the rules of the client allow the user to sign in to it. */
export function maySignIn(access: ClientAccess | undefined, assignments: Assignments): boolean {
  if (access === undefined) return true;
  const { roles, groups, organizations } = assignments;
  return (
    roles.some((role) => access.roles.includes(role)) ||
    groups.some(({ id }) => access.groups.includes(id)) ||
    organizations.some(({ id }) => access.organizations.includes(id))
  );
}

/**
 * The claims of the scopes `roles`, `groups` and `organization`. Without an organization, its claims are
 * absent.
 */
export function authorizationClaims(
  assignments: Assignments,
  { clientId, organizationId }: Place,
): Readonly<Record<string, unknown>> {
  const membership = organizationId && findMembership(assignments, organizationId);
  return {
    roles: roleNames(assignments.roles, clientId),
    groups: bounded(assignments.groups.map(({ name }) => name)),
    ...(membership
      ? {
          org_id: membership.id,
          org_name: membership.name,
          org_roles: roleNames(membership.roles, clientId),
        }
      : {}),
  };
}

/** Names as the client knows them. Clients are not told who administers this server. */
function roleNames(roles: readonly string[], clientId: string | undefined): readonly string[] {
  const known = rolesAt(roles, clientId).filter((role) => !isBuiltIn(role));
  return bounded(known.map((role) => role.slice(role.lastIndexOf(':') + 1)));
}

function bounded(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted().slice(0, maxClaimValues);
}
