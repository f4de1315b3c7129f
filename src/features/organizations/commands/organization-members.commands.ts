// organization add-member, remove-member, add-role and remove-role.
import type { Arguments, Command } from '#cli/framework/command.ts';
import { commandLine } from '#core/revocation/commands/format-receipt.ts';
import { findUser } from '#core/users/commands/format-user.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { OrganizationService } from '#features/organizations/organizations.service.ts';
import { answerWith } from './organizations.commands.ts';

interface Needs {
  readonly organizationService: OrganizationService;
  readonly users: UserStore;
}

const user = { value: 'EMAIL|ID', isRequired: true, meaning: 'The account' } as const;
const role = {
  value: 'ROLE',
  isRequired: true,
  meaning: 'The id of a role, such as editor or shop:editor',
} as const;

export const organizationAddMember: Command<Needs> = {
  name: 'organization add-member',
  summary: 'Add a user to an organization.',
  operand: 'NAME|ID',
  options: { user },
  examples: ['organization add-member acme --user ann@example.org'],
  async run(needs, args) {
    const isNew = await needs.organizationService.addMember(await member(needs, args), commandLine);
    const sentence = isNew ? 'The user is now a member.' : 'The user was already a member.';
    return answerWith(await needs.organizationService.find(args.operand), sentence);
  },
};

export const organizationRemoveMember: Command<Needs> = {
  name: 'organization remove-member',
  summary: 'Remove a user from an organization; the user loses the roles in it.',
  operand: 'NAME|ID',
  options: { user },
  async run(needs, args) {
    const { organizationService } = needs;
    const was = await organizationService.removeMember(await member(needs, args), commandLine);
    const sentence = was ? 'The user is no longer a member.' : 'The user was not a member.';
    return answerWith(await organizationService.find(args.operand), sentence);
  },
};

export const organizationAddRole: Command<Needs> = {
  name: 'organization add-role',
  summary: 'Give a member of an organization a role in it.',
  operand: 'NAME|ID',
  options: { user, role },
  examples: ['organization add-role acme --user ann@example.org --role editor'],
  async run(needs, args) {
    const { organizationService } = needs;
    const subject = { ...(await member(needs, args)), role: args.required('role') };
    const isNew = await organizationService.addRole(subject, commandLine);
    const sentence = isNew ? 'The member now has the role.' : 'The member already had the role.';
    return answerWith(await organizationService.find(args.operand), sentence);
  },
};

export const organizationRemoveRole: Command<Needs> = {
  name: 'organization remove-role',
  summary: 'Take a role in an organization away from a member.',
  operand: 'NAME|ID',
  options: { user, role },
  async run(needs, args) {
    const { organizationService } = needs;
    const subject = { ...(await member(needs, args)), role: args.required('role') };
    const had = await organizationService.removeRole(subject, commandLine);
    const sentence = had
      ? 'The member no longer has the role.'
      : 'The member did not have the role.';
    return answerWith(await organizationService.find(args.operand), sentence);
  },
};

async function member({ users }: Needs, args: Arguments) {
  const { id } = await findUser(users, args.required('user'));
  return { organization: args.operand, userId: id };
}
