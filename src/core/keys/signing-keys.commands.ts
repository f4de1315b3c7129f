// key list, key rotate and key retire; and the list of all commands about keys.
import type { Command } from '#cli/framework/command.ts';
import { UsageError } from '#cli/framework/arguments.ts';
import { alignColumns } from '#cli/framework/columns.ts';
import { answerOrWait, withoutApproval } from '#core/approvals/approvals.commands.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import type { AuditActor } from '#core/audit/audit.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { keyStatus } from './key-status.commands.ts';
import type { KeyRotation } from './rotation/key-rotation.service.ts';
import { presentSigningKey, type RotationPolicy, type SigningKeyState } from './signing-keys.ts';
import type { SigningKeys } from './signing-keys.service.ts';

interface Needs {
  readonly approvals: Approvals;
  readonly signingKeys: SigningKeys;
  readonly keyRotation: KeyRotation;
}

const keyList: Command<Pick<Needs, 'signingKeys' | 'keyRotation'>> = {
  name: 'key list',
  aliases: ['keys list'],
  summary: 'List the signing keys and their states.',
  options: {},
  async run({ signingKeys, keyRotation }) {
    const keys = await signingKeys.list();
    const none = 'No signing keys yet; the server generates them on its first start.\n';
    return {
      document: keys.map((key) => presentSigningKey(key, keyRotation.policy)),
      text: keys.length > 0 ? describeKeys(keys, keyRotation.policy) : none,
    };
  },
};

const keyRotate: Command<Needs> = {
  name: 'key rotate',
  aliases: ['keys rotate'],
  summary: 'Publish new signing keys, which sign later; or, in an emergency, replace all at once.',
  options: {
    ...withoutApproval,
    now: {
      meaning:
        'In an emergency: the new keys sign at once, and nothing that the old ones signed is accepted',
    },
    yes: { meaning: 'Required with --now, which cannot be undone' },
    algorithm: {
      value: 'ALG',
      meaning: 'Rotate only the key of this algorithm',
      isRepeatable: true,
    },
  },
  examples: ['key rotate', 'key rotate --algorithm RS256', 'key rotate --now --yes'],
  check(args) {
    if (args.has('now') && !args.has('yes')) throw new UsageError('--now requires --yes.');
    if (args.has('now') && args.list('algorithm').length > 0) {
      throw new UsageError('--now replaces the keys of all algorithms.');
    }
  },
  run: ({ approvals, keyRotation }, args) =>
    answerOrWait(async () => {
      const isEmergency = args.has('now');
      const keys = isEmergency
        ? await keyRotation.replaceAll(actorOf(approvals, args.has('without-approval')))
        : await keyRotation.begin(commandLineActor, args.list('algorithm'));
      const sentence = isEmergency
        ? 'Every earlier key is retired, and what it signed is no longer accepted.'
        : 'The next keys are published. Running servers activate them at the times shown.';
      return {
        document: keys.map((key) => presentSigningKey(key, keyRotation.policy)),
        text: `${sentence}\n\n${describeKeys(keys, keyRotation.policy)}`,
      };
    }),
};

const keyRetire: Command<Needs> = {
  name: 'key retire',
  aliases: ['keys retire'],
  summary: 'Retire a key that does not sign; what it signed is no longer accepted.',
  operand: 'KID',
  options: {
    ...withoutApproval,
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Refuse every token that this key signed, which cannot be undone',
    },
  },
  async run({ approvals, keyRotation }, args) {
    const by = actorOf(approvals, args.has('without-approval'));
    const key = await keyRotation.retire(args.operand, by);
    return {
      document: presentSigningKey(key, keyRotation.policy),
      text: `The key is retired, and what it signed is no longer accepted: ${key.kid}\n`,
    };
  },
};

export const keyCommands = [keyList, keyStatus, keyRotate, keyRetire] as const;

function actorOf(approvals: Approvals, isUrgent: boolean): AuditActor {
  return isUrgent ? approvals.withoutApproval(commandLineActor, 'keys.rotate') : commandLineActor;
}

function describeKeys(keys: readonly SigningKeyState[], policy: RotationPolicy): string {
  const rows = keys.map((key) => [
    key.kid,
    key.alg,
    key.isRevoked ? 'revoked' : key.status,
    key.createdAt.toISOString(),
    describeChange(key, policy),
  ]);
  return alignColumns([['KID', 'ALGORITHM', 'STATUS', 'CREATED', 'CHANGES'], ...rows]);
}

/** The most recent or the next change of state. */
function describeChange(key: SigningKeyState, policy: RotationPolicy): string {
  const shown = presentSigningKey(key, policy);
  if (shown.retired_at) return `retired ${shown.retired_at}`;
  if (shown.retires_at) return `retires ${shown.retires_at}`;
  if (shown.activates_at) return `signs from ${shown.activates_at}`;
  return shown.activated_at ? `signs since ${shown.activated_at}` : '';
}
