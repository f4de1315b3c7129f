// user identities and user remove-identity: the accounts at other identity providers with which a user
// can sign in.
import { alignColumns } from '#cli/framework/columns.ts';
import type { Command } from '#cli/framework/command.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { answerWithUser, findUser } from '#core/users/commands/format-user.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { presentIdentity, type Identity } from '#features/federation/identities.ts';
import type { Identities } from '#features/federation/identities.service.ts';
import { AppError } from '#platform/errors.ts';
import { isUuid } from '#platform/uuid.ts';

interface Needs {
  readonly identities: Identities;
  readonly users: UserStore;
}

export const userIdentities: Command<Needs> = {
  name: 'user identities',
  summary: 'List the accounts at other identity providers with which a user can sign in.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ identities, users }, { operand }) {
    const { id } = await findUser(users, operand);
    const found = await identities.list(id);
    const document = found.map(presentIdentity);
    if (found.length === 0) return { document, text: 'No linked accounts.\n' };
    const heading = ['ID', 'PROVIDER', 'SUBJECT', 'EMAIL', 'LINKED', 'LAST USED'];
    return { document, text: alignColumns([heading, ...found.map(rowOf)]) };
  },
};

export const userRemoveIdentity: Command<Needs> = {
  name: 'user remove-identity',
  summary: 'Unlink an account at another identity provider, even if it is the only sign-in method.',
  operand: 'EMAIL|ID',
  options: {
    identity: { value: 'ID', isRequired: true, meaning: 'As "user identities" shows it' },
  },
  examples: [
    'user remove-identity ann@example.org --identity 018f3c1e-7d2a-7b5c-9e64-3a1f5d2c8b90',
  ],
  async run({ identities, users }, args) {
    const user = await findUser(users, args.operand);
    const id = args.required('identity');
    if (isUuid(id) && (await identities.remove(user.id, id, commandLineActor))) {
      return answerWithUser(user, 'The account is unlinked, and the user is notified by mail.');
    }
    throw new AppError('not_found', 'This user has no such linked account.');
  },
};

function rowOf(identity: Identity): readonly string[] {
  return [
    identity.id,
    identity.providerId,
    identity.subject,
    identity.email ?? '-',
    dayOf(identity.linkedAt),
    identity.lastUsedAt ? dayOf(identity.lastUsedAt) : '-',
  ];
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
