// role list, show, create, update and delete.
import { UsageError } from '#cli/framework/arguments.ts';
import { alignColumns } from '#cli/framework/columns.ts';
import type { Arguments, Command } from '#cli/framework/command.ts';
import { readLimit } from '#cli/framework/limits.ts';
import { commandLine } from '#core/revocation/commands/format-receipt.ts';
import { presentRoleRow } from '#features/roles/present-role.ts';
import { description, roleName } from '#features/roles/roles.ts';
import type { RoleService } from '#features/roles/roles.service.ts';
import { answerWithRole } from './format-role.ts';

const defaultLimit = 50;

interface Needs {
  readonly roleService: RoleService;
}

const options = {
  description: { value: 'TEXT', meaning: 'What the role is for' },
} as const;

export const roleList: Command<Needs> = {
  name: 'role list',
  summary: 'List roles.',
  options: {
    client: { value: 'ID', meaning: 'Only the roles of this client' },
    limit: { value: 'N', meaning: `Maximum number; default ${defaultLimit}` },
    after: { value: 'ID', meaning: 'Continue after this role, the last of the previous list' },
  },
  check: (args) => void readLimit(args, defaultLimit),
  async run({ roleService }, args) {
    const limit = readLimit(args, defaultLimit);
    const [after, clientId] = [args.text('after'), args.text('client')];
    // One more than is shown, to tell whether there are more.
    const found = await roleService.list({ after, clientId, limit: limit + 1 });
    const roles = found.slice(0, limit);
    const document = roles.map(presentRoleRow);
    if (roles.length === 0) return { document, text: 'No roles.\n' };
    const rows = roles.map((role) => [role.id, role.clientId ?? '-', role.description ?? '-']);
    const more = found.length > limit ? `\nThere are more: add --after ${roles.at(-1)?.id}\n` : '';
    return { document, text: `${alignColumns([['ID', 'CLIENT', 'DESCRIPTION'], ...rows])}${more}` };
  },
};

export const roleShow: Command<Needs> = {
  name: 'role show',
  summary: 'Show a role and the permissions that it grants.',
  operand: 'ROLE',
  options: {},
  run: async ({ roleService }, { operand }) => answerWithRole(await roleService.show(operand)),
};

export const roleCreate: Command<Needs> = {
  name: 'role create',
  summary: 'Create a role, for all clients or for one.',
  operand: 'NAME',
  options: {
    client: { value: 'ID', meaning: 'The client that the role belongs to; its id is ID:NAME' },
    ...options,
  },
  examples: [
    'role create editor --description "May change articles"',
    'role create buyer --client shop',
  ],
  check: (args) => void readNewRole(args),
  async run({ roleService }, args) {
    const role = await roleService.create(readNewRole(args), commandLine);
    return answerWithRole(role, 'The role is created.');
  },
};

export const roleUpdate: Command<Needs> = {
  name: 'role update',
  summary: 'Change the description of a role.',
  operand: 'ROLE',
  options: { description: { ...options.description, isRequired: true } },
  check: (args) => void readDescription(args),
  async run({ roleService }, args) {
    const role = await roleService.describe(args.operand, readDescription(args), commandLine);
    return answerWithRole(role, 'The role is updated.');
  },
};

export const roleDelete: Command<Needs> = {
  name: 'role delete',
  summary: 'Delete a role; everyone who has it loses it at once.',
  operand: 'ROLE',
  options: {
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Delete the role, which cannot be undone',
    },
  },
  examples: ['role delete editor --yes'],
  async run({ roleService }, { operand }) {
    await roleService.remove(operand, commandLine);
    return { document: { id: operand, deleted: true }, text: 'The role is deleted.\n' };
  },
};

function readNewRole(args: Arguments) {
  const name = roleName.safeParse(args.operand);
  if (!name.success) throw new UsageError(`NAME must be ${roleName.description}.`);
  return { name: name.data, clientId: args.text('client'), description: readDescription(args) };
}

function readDescription(args: Arguments): string | undefined {
  const text = args.text('description');
  if (text === undefined) return undefined;
  const read = description.safeParse(text);
  if (read.success) return read.data;
  throw new UsageError(`--description must be ${description.description}.`);
}
