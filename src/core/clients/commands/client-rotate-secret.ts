// client rotate-secret: gives a client a new secret, which is printed once.
import type { Command } from '#cli/framework/command.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import type { ClientChanges } from '#oidc/clients/client-changes.ts';

interface Needs {
  readonly clientChanges: () => Promise<ClientChanges>;
}

export const clientRotateSecret: Command<Needs> = {
  name: 'client rotate-secret',
  summary: 'Give a client a new secret; the previous one is refused immediately.',
  operand: 'ID',
  options: {
    'revoke-tokens': { meaning: 'Also revoke its grants and tokens, after the secret leaked' },
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Replace the secret: the application cannot authenticate until it has the new one',
    },
  },
  examples: [
    'client rotate-secret my-app --yes',
    'client rotate-secret my-app --revoke-tokens --yes --json',
  ],
  async run({ clientChanges }, args) {
    const revokes = args.has('revoke-tokens');
    const changes = await clientChanges();
    const changed = await changes.rotateSecret(args.operand, { revokes, by: commandLineActor });
    const { client, clientSecret, receipt } = changed;
    const { clientId } = client;
    const issued = revokes
      ? 'Its grants and tokens are revoked.'
      : 'Its grants and tokens stay valid.';
    return {
      document: {
        client_id: clientId,
        client_secret: clientSecret,
        previous_secret_valid_until: receipt.at.toISOString(),
        revoked: revokes,
      },
      text:
        `The new secret of ${clientId}, shown only once:\n\n${clientSecret}\n\n` +
        `The previous secret is refused from now on. ${issued}\n`,
    };
  },
};
