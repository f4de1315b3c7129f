// user update: changes claims and the email address of a user.
import { UsageError } from '#cli/framework/arguments.ts';
import type { Arguments, Command, Io } from '#cli/framework/command.ts';
import { readJson } from '#cli/framework/json.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { answerWithUser, findUser } from '#core/users/commands/format-user.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { UserAdministration } from '#features/user-administration/user-administration.service.ts';
import { AppError } from '#platform/errors.ts';

interface Needs {
  readonly userAdministration: UserAdministration;
  readonly users: UserStore;
}

export const userUpdate: Command<Needs> = {
  name: 'user update',
  summary: 'Change the name, claims or email address of a user, who stays signed in.',
  operand: 'EMAIL|ID',
  options: {
    name: { value: 'N', meaning: 'The full name' },
    claims: {
      value: 'FILE|-',
      reads: 'file',
      meaning: 'A JSON object with claims of OpenID Connect Core 5.1 to change; null removes one',
    },
    email: { value: 'E', meaning: 'The new email address, unverified without --verified' },
    verified: { meaning: 'Mark the email address as verified' },
  },
  examples: [
    'user update ann@example.org --name "Ann Berg"',
    'user update ann@example.org --email ann.berg@example.org --verified',
  ],
  check(args) {
    const names = Object.keys(userUpdate.options);
    if (names.some((name) => args.has(name))) return;
    throw new UsageError(`One of ${names.map((name) => `--${name}`).join(', ')} is required.`);
  },
  async run({ userAdministration, users }, args, io) {
    const { id } = await findUser(users, args.operand);
    const change = {
      claims: await readChanges(args, io),
      email: args.text('email'),
      isVerified: args.has('verified'),
    };
    const user = await userAdministration.update(id, change, commandLineActor);
    return answerWithUser(user, 'The user is updated.');
  },
};

async function readChanges(args: Arguments, io: Io): Promise<Readonly<Record<string, unknown>>> {
  const path = args.text('claims');
  const given = path === undefined ? {} : readJson(await io.file(path), 'The claims');
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new AppError('invalid_input', 'The claims must be an object.');
  }
  const name = args.text('name');
  return { ...given, ...(name === undefined ? {} : { name }) };
}
