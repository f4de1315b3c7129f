// client rotate-secret: gives a client a new secret, which is printed once.
import { UsageError } from '#cli/framework/arguments.ts';
import type { Arguments, Command } from '#cli/framework/command.ts';
import { maxSecretOverlapSeconds } from '#core/clients/clients.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import type { ClientChanges } from '#oidc/clients/client-changes.ts';

interface Needs {
  readonly clientChanges: () => Promise<ClientChanges>;
}

export const clientRotateSecret: Command<Needs> = {
  name: 'client rotate-secret',
  summary: 'Give a client a new secret; the previous one is refused, at once or after a while.',
  operand: 'ID',
  options: {
    overlap: {
      value: 'SECONDS',
      meaning: 'How long the previous secret stays valid, at most 30 days; default 0',
    },
    'revoke-tokens': { meaning: 'Also revoke its grants and tokens, after the secret leaked' },
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Replace the secret: the application cannot authenticate until it has the new one',
    },
  },
  examples: [
    'client rotate-secret my-app --yes',
    'client rotate-secret my-app --overlap 86400 --yes',
    'client rotate-secret my-app --revoke-tokens --yes --json',
  ],
  check: (args) => void readOverlap(args),
  async run({ clientChanges }, args) {
    const overlapSeconds = readOverlap(args);
    const revokes = args.has('revoke-tokens');
    const changes = await clientChanges();
    const changed = await changes.rotateSecret(args.operand, {
      revokes,
      overlapSeconds,
      by: commandLineActor,
    });
    const { client, clientSecret, receipt } = changed;
    const { clientId, previousSecret } = client;
    const validUntil = (previousSecret?.expiresAt ?? receipt.at).toISOString();
    const refused = previousSecret
      ? `The previous secret is valid until ${validUntil}.`
      : 'The previous secret is refused from now on.';
    const issued = revokes
      ? 'Its grants and tokens are revoked.'
      : 'Its grants and tokens stay valid.';
    return {
      document: {
        client_id: clientId,
        client_secret: clientSecret,
        previous_secret_valid_until: validUntil,
        revoked: revokes,
      },
      text:
        `The new secret of ${clientId}, shown only once:\n\n${clientSecret}\n\n` +
        `${refused} ${issued}\n`,
    };
  },
};

/** @throws UsageError */
function readOverlap(args: Arguments): number {
  const text = args.text('overlap') ?? '0';
  if (/^\d{1,7}$/.test(text) && Number(text) <= maxSecretOverlapSeconds) return Number(text);
  throw new UsageError(`--overlap must be 0 to ${maxSecretOverlapSeconds} seconds.`);
}
