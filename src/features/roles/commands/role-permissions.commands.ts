// role add-permission and remove-permission: which scopes of an API a role grants.
import { UsageError } from '#cli/framework/arguments.ts';
import type { Arguments, Command } from '#cli/framework/command.ts';
import { splitScope } from '#core/clients/scopes.ts';
import { commandLine } from '#core/revocation/commands/format-receipt.ts';
import { permissionScopes, type RolePermission } from '#features/roles/roles.ts';
import type { RoleService } from '#features/roles/roles.service.ts';
import { answerWithRole } from './format-role.ts';

interface Needs {
  readonly roleService: RoleService;
}

const options = {
  resource: {
    value: 'AUDIENCE',
    isRequired: true,
    meaning: 'The API; ISSUER/auth/api for the management API',
  },
  scopes: { value: '"a b"', isRequired: true, meaning: 'Scopes of the API, in one argument' },
} as const;

export const roleAddPermission: Command<Needs> = {
  name: 'role add-permission',
  summary: 'Add scopes of an API to a role.',
  operand: 'ROLE',
  options,
  examples: ['role add-permission editor --resource https://api.example --scopes "read write"'],
  check: (args) => void readPermission(args),
  async run({ roleService }, args) {
    const role = await roleService.addPermission(args.operand, readPermission(args), commandLine);
    return answerWithRole(role, 'The role grants the permission.');
  },
};

export const roleRemovePermission: Command<Needs> = {
  name: 'role remove-permission',
  summary: 'Take scopes of an API away from a role.',
  operand: 'ROLE',
  options,
  check: (args) => void readPermission(args),
  async run({ roleService }, args) {
    const permission = readPermission(args);
    const role = await roleService.removePermission(args.operand, permission, commandLine);
    return answerWithRole(role, 'The role no longer grants the permission.');
  },
};

function readPermission(args: Arguments): RolePermission {
  const scopes = permissionScopes.safeParse(splitScope(args.required('scopes')));
  if (!scopes.success) throw new UsageError('--scopes must be scopes, separated by spaces.');
  return { audience: args.required('resource'), scopes: scopes.data };
}
