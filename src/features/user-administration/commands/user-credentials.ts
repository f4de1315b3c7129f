// user credentials: lists how a user can sign in, without secrets.
import { describeValues } from '#cli/framework/columns.ts';
import type { Command } from '#cli/framework/command.ts';
import { findUser } from '#core/users/commands/format-user.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { CredentialAdministration } from '#features/user-administration/credential-administration.service.ts';
import { presentCredentials } from './format-credentials.ts';

interface Needs {
  readonly credentialAdministration: CredentialAdministration;
  readonly users: UserStore;
}

export const userCredentials: Command<Needs> = {
  name: 'user credentials',
  summary: 'List the password, second factor and passkeys of a user, without secrets.',
  operand: 'EMAIL|ID',
  options: {},
  async run({ credentialAdministration, users }, { operand }) {
    const { id } = await findUser(users, operand);
    const document = presentCredentials(await credentialAdministration.list(id));
    const { password, second_factor: factor, passkeys } = document;
    const shown = {
      password: password ? `changed ${password.changed_at}` : 'none',
      second_factor: factor ? `added ${factor.added_at}` : 'none',
      passkeys: passkeys.map((passkey) => `${passkey.name} (${passkey.id})`).join(', ') || 'none',
    };
    return { document, text: describeValues(shown) };
  },
};
