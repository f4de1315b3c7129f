// group add-member, remove-member, add-role and remove-role.
import type { Command } from '#cli/framework/command.ts';
import { commandLine } from '#core/revocation/commands/format-receipt.ts';
import { findUser } from '#core/users/commands/format-user.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { GroupService } from '#features/groups/groups.service.ts';
import { answerWith } from './groups.commands.ts';

interface Needs {
  readonly groupService: GroupService;
  readonly users: UserStore;
}

const user = { value: 'EMAIL|ID', isRequired: true, meaning: 'The account' } as const;
const role = {
  value: 'ROLE',
  isRequired: true,
  meaning: 'The id of a role, such as editor or shop:editor',
} as const;

export const groupAddMember: Command<Needs> = {
  name: 'group add-member',
  summary: 'Add a user to a group.',
  operand: 'NAME|ID',
  options: { user },
  examples: ['group add-member Sales --user ann@example.org'],
  async run({ groupService, users }, args) {
    const { id } = await findUser(users, args.required('user'));
    const isNew = await groupService.addMember(args.operand, id, commandLine);
    const sentence = isNew ? 'The user is now a member.' : 'The user was already a member.';
    return answerWith(await groupService.find(args.operand), sentence);
  },
};

export const groupRemoveMember: Command<Needs> = {
  name: 'group remove-member',
  summary: 'Remove a user from a group.',
  operand: 'NAME|ID',
  options: { user },
  async run({ groupService, users }, args) {
    const { id } = await findUser(users, args.required('user'));
    const wasMember = await groupService.removeMember(args.operand, id, commandLine);
    const sentence = wasMember ? 'The user is no longer a member.' : 'The user was not a member.';
    return answerWith(await groupService.find(args.operand), sentence);
  },
};

export const groupAddRole: Command<Needs> = {
  name: 'group add-role',
  summary: 'Give all members of a group a role.',
  operand: 'NAME|ID',
  options: { role },
  examples: ['group add-role Sales --role shop:buyer'],
  async run({ groupService }, args) {
    const isNew = await groupService.addRole(args.operand, args.required('role'), commandLine);
    const sentence = isNew ? 'The group now has the role.' : 'The group already had the role.';
    return answerWith(await groupService.find(args.operand), sentence);
  },
};

export const groupRemoveRole: Command<Needs> = {
  name: 'group remove-role',
  summary: 'Take a role away from the members of a group.',
  operand: 'NAME|ID',
  options: { role },
  async run({ groupService }, args) {
    const had = await groupService.removeRole(args.operand, args.required('role'), commandLine);
    const sentence = had ? 'The group no longer has the role.' : 'The group did not have the role.';
    return answerWith(await groupService.find(args.operand), sentence);
  },
};
