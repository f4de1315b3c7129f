// Roles in a configuration file, by their id: `<name>`, or `<client_id>:<name>` for a role of one client.
// Built-in roles are defined by the version of the server and are not part of a file.
import { z } from 'zod';
import type { Administrator } from '#core/access-control/administration.service.ts';
import { isBuiltIn } from '#core/access-control/assignments.ts';
import type { RolePermissionStore } from '#core/access-control/role-permissions.store.ts';
import { managementAudience } from '#core/clients/scopes.ts';
import { description, permissionScopes, roleName } from '#features/roles/roles.ts';
import type { RoleDefinitionStore } from '#features/roles/roles.store.ts';
import type { RoleService } from '#features/roles/roles.service.ts';
import type { BoundKind, Kind, KindChange } from './kind.ts';
import { sorted } from './values.ts';

export interface RoleKindServices {
  readonly roleDefinitions: RoleDefinitionStore;
  readonly rolePermissions: RolePermissionStore;
  readonly roleService: RoleService;
  readonly issuer: string;
  readonly administrator: Administrator;
}

/** Stands for the management API, whose audience differs between installations. */
const management = 'management';
const pageSize = 1000;

const schema = z.strictObject({
  description: description.optional(),
  permissions: z.record(z.string(), permissionScopes).optional(),
});

export const roleKind: Kind<RoleKindServices> = {
  name: 'roles',
  schema,
  findKeyFault(key) {
    if (isBuiltIn(key)) return 'is built in and cannot be changed';
    const { name, clientId } = splitRole(key);
    const isValid = roleName.safeParse(name).success && clientId !== '';
    return isValid
      ? undefined
      : `must be ${roleName.description}, after <client_id>: if the role belongs to a client`;
  },
  bind: (services) => ({
    read: () => readRoles(services),
    async complete({ values }) {
      const { description: text, permissions = {} } = schema.parse(values);
      return roleValues(text, new Map(Object.entries(permissions)));
    },
    write: (change) => writeRole(services, change),
    finish: (change) => writePermissions(services, change),
    async remove(key) {
      await services.roleService.remove(key, services.administrator);
      return {};
    },
  }),
};

async function readRoles(services: RoleKindServices): ReturnType<BoundKind['read']> {
  const { roleDefinitions, rolePermissions, issuer } = services;
  const granted = await rolePermissions.list();
  const found = new Map<string, ReturnType<typeof roleValues>>();
  for (let after: string | undefined, isLast = false; !isLast;) {
    const page = await roleDefinitions.list({ after, limit: pageSize });
    for (const { id, description: text } of page.filter((role) => !isBuiltIn(role.id))) {
      const own = granted.filter(({ role }) => role === id);
      const permissions = own.map((each) => {
        const { audience = managementAudience(issuer), scopes } = each;
        return [nameOfAudience(audience, issuer), scopes] as const;
      });
      found.set(id, roleValues(text, new Map(permissions)));
    }
    [after, isLast] = [page.at(-1)?.id, page.length < pageSize];
  }
  return found;
}

function roleValues(text: string | undefined, permissions: ReadonlyMap<string, readonly string[]>) {
  const entries = [...permissions].map(([audience, scopes]) => [audience, sorted(scopes)] as const);
  return {
    ...(text === undefined ? {} : { description: text }),
    ...(entries.length === 0 ? {} : { permissions: Object.fromEntries(entries) }),
  };
}

async function writeRole(
  { roleService, administrator }: RoleKindServices,
  { key, before, after, fields }: KindChange,
) {
  const { description: text } = schema.parse(after);
  if (!before) {
    await roleService.create({ ...splitRole(key), description: text }, administrator);
  } else if (fields.some(({ name }) => name === 'description')) {
    await roleService.describe(key, text, administrator);
  }
  return {};
}

/** Written after the resources, to which the permissions refer. */
async function writePermissions(
  { roleService, administrator, issuer }: RoleKindServices,
  { key, before, after }: KindChange,
): Promise<void> {
  const old = permissionsOf(before);
  const next = permissionsOf(after);
  for (const audience of new Set([...old.keys(), ...next.keys()])) {
    const [had, has] = [old.get(audience) ?? [], next.get(audience) ?? []];
    const removed = had.filter((scope) => !has.includes(scope));
    const added = has.filter((scope) => !had.includes(scope));
    const address = audience === management ? managementAudience(issuer) : audience;
    if (removed.length > 0) {
      await roleService.removePermission(
        key,
        { audience: address, scopes: removed },
        administrator,
      );
    }
    if (added.length > 0) {
      await roleService.addPermission(key, { audience: address, scopes: added }, administrator);
    }
  }
}

function permissionsOf(values: object | undefined): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(values ? (schema.parse(values).permissions ?? {}) : {}));
}

function nameOfAudience(audience: string, issuer: string): string {
  return audience === managementAudience(issuer) ? management : audience;
}

function splitRole(id: string): { readonly name: string; readonly clientId: string | undefined } {
  const at = id.lastIndexOf(':');
  return at === -1
    ? { name: id, clientId: undefined }
    : { name: id.slice(at + 1), clientId: id.slice(0, at) };
}
