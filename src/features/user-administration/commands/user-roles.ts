// user add-role, user remove-role and user set-admin: grant and withdraw roles.
import { UsageError } from '#cli/framework/arguments.ts';
import type { Answer, Arguments, Command } from '#cli/framework/command.ts';
import {
  answerOrWait,
  readReason,
  runWithReason,
  withoutApproval,
  withReason,
} from '#core/approvals/approvals.commands.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import { commandLine } from '#core/revocation/commands/format-receipt.ts';
import { answerWithUser, findUser } from '#core/users/commands/format-user.ts';
import { isBlocked } from '#core/subject-status/subject-status.ts';
import type { Role } from '#core/users/users.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { RoleAdministration } from '#features/user-administration/role-administration.service.ts';

interface Needs {
  readonly approvals: Approvals;
  readonly roleAdministration: RoleAdministration;
  readonly users: UserStore;
  readonly requestOrigin: RequestOriginSlot;
  readonly now: () => Date;
}

const role = {
  value: 'ROLE',
  isRequired: true,
  meaning: 'The id of a role, such as admin, editor or shop:editor',
} as const;

export const userAddRole: Command<Needs> = {
  name: 'user add-role',
  summary: 'Grant a role to a user.',
  operand: 'EMAIL|ID',
  options: { role, ...withReason, ...withoutApproval },
  examples: ['user add-role ann@example.org --role admin'],
  check(args) {
    roleOf(args);
    readReason(args);
  },
  run: (needs, args) => answerOrWait(() => grant(needs, args, roleOf(args))),
};

export const userSetAdmin: Command<Needs> = {
  name: 'user set-admin',
  summary: 'Make a user an administrator.',
  operand: 'EMAIL|ID',
  options: { ...withReason, ...withoutApproval },
  check: (args) => void readReason(args),
  run: (needs, args) => answerOrWait(() => grant(needs, args, 'admin')),
};

export const userRemoveRole: Command<Needs> = {
  name: 'user remove-role',
  summary: 'Withdraw a role from a user; tokens issued before lose it, too.',
  operand: 'EMAIL|ID',
  options: { role },
  examples: ['user remove-role ann@example.org --role admin'],
  check: (args) => void roleOf(args),
  async run({ roleAdministration, users }, args) {
    const name = roleOf(args);
    const { id } = await findUser(users, args.operand);
    const isChanged = await roleAdministration.withdraw(id, name, commandLine);
    const user = await findUser(users, id);
    if (!isChanged) return answerWithUser(user, `The user did not have the role ${name}.`);
    const isLast = name === 'admin' && (await roleAdministration.countOf('admin')) === 0;
    const warning = isLast
      ? ' There is no administrator now; "ostiary setup-link" makes a link for one.'
      : '';
    return answerWithUser(user, `The user no longer has the role ${name}.${warning}`);
  },
};

async function grant(needs: Needs, args: Arguments, name: Role): Promise<Answer> {
  const { approvals, roleAdministration, users, requestOrigin, now } = needs;
  const { id } = await findUser(users, args.operand);
  const { actor } = commandLine;
  const by =
    name === 'admin' && args.has('without-approval')
      ? { ...commandLine, actor: approvals.withoutApproval(actor, 'roles.grant-admin', id) }
      : commandLine;
  const isNew = await runWithReason(requestOrigin, args, () =>
    roleAdministration.grant(id, name, by),
  );
  const user = await findUser(users, id);
  const warning = isBlocked(user, now())
    ? ' The account is blocked, so the role has no effect yet.'
    : '';
  return answerWithUser(user, `${describeGrant(name, isNew)}${warning}`);
}

function describeGrant(name: Role, isNew: boolean): string {
  const title = name === 'admin' ? 'an administrator' : name;
  return isNew ? `The user is now ${title}.` : `The user was already ${title}.`;
}

function roleOf(args: Arguments): Role {
  return readRole(args.required('role'));
}

/** @throws UsageError */
export function readRole(text: string): Role {
  if (/^[\x20-\x7e]{1,320}$/.test(text)) return text;
  throw new UsageError('--role must be the id of a role, such as editor or shop:editor.');
}
