// key status: shows when signing keys rotate, how far re-encryption has progressed, and which keys of
// ENCRYPTION_KEYS can be removed.
import type { Command } from '#cli/framework/command.ts';
import { alignColumns } from '#cli/framework/columns.ts';
import type { EncryptionKeys } from './encryption/encryption-keys.service.ts';
import { presentKeyStatus, type KeyStatus } from './key-status.ts';
import type { KeyRotation } from './rotation/key-rotation.service.ts';
import type { SigningKeys } from './signing-keys.service.ts';

interface Needs {
  readonly signingKeys: SigningKeys;
  readonly keyRotation: KeyRotation;
  readonly encryptionKeys: EncryptionKeys;
  readonly now: () => Date;
}

export const keyStatus: Command<Needs> = {
  name: 'key status',
  aliases: ['keys status'],
  summary: 'Show when signing keys rotate, and which encryption keys are still needed.',
  options: {
    exact: { meaning: 'Count every row, which takes minutes with millions of them' },
  },
  async run({ signingKeys, keyRotation, encryptionKeys, now }, args) {
    const facts = {
      signingKeys: await signingKeys.list(),
      policy: keyRotation.policy,
      encryption: await (args.has('exact')
        ? encryptionKeys.completeInventory()
        : encryptionKeys.inventory()),
    };
    const document = presentKeyStatus(facts, now());
    return { document, text: describe(document) };
  },
};

function describe({ signing, encryption }: KeyStatus): string {
  const schedule =
    signing.rotation_days === null
      ? 'Signing keys are replaced on request only (SIGNING_KEY_DAYS=0).'
      : `Signing keys are replaced after ${signing.rotation_days} days.`;
  const algorithms = signing.algorithms.map((each) => [
    each.alg,
    each.active_since ?? 'none yet',
    nextOf(each),
    String(each.retiring.length),
  ]);
  const keys = encryption.keys.map((key) => [
    key.id,
    String(key.rows),
    String(key.refresh_tokens),
    adviceOf(key),
  ]);
  const columns = encryption.columns.map((each) => [
    `${each.table}.${each.column}`,
    `${each.done} of ${each.total}${each.complete ? '' : ' or more'}`,
    `${each.percent} %`,
    Object.entries(each.rows_by_key)
      .map(([id, count]) => `${id}: ${count}`)
      .join(', '),
  ]);
  return [
    `${schedule}\n`,
    alignColumns([['ALGORITHM', 'SIGNS SINCE', 'NEXT KEY', 'RETIRING'], ...algorithms]),
    'Keys of ENCRYPTION_KEYS\n',
    alignColumns([['ID', 'ROWS', 'REFRESH TOKENS', 'STATE'], ...keys]),
    'Encrypted with the first key\n',
    alignColumns([['COLUMN', 'ROWS', 'DONE', 'BY KEY'], ...columns]),
  ].join('\n');
}

function nextOf(each: KeyStatus['signing']['algorithms'][number]): string {
  if (each.next_signs_at) return `signs from ${each.next_signs_at}`;
  return each.next_published_at ? `published from ${each.next_published_at}` : 'on request';
}

type EncryptionKey = KeyStatus['encryption']['keys'][number];

function adviceOf({ state, rows, removable_at: at }: EncryptionKey): string {
  const needed = rows > 0 ? 'needed: rows are being re-encrypted' : `needed, at most until ${at}`;
  const advice: Readonly<Record<EncryptionKey['state'], string>> = {
    current: 'encrypts',
    needed,
    waiting: `can be removed from ${at}`,
    removable: 'can be removed from ENCRYPTION_KEYS',
    uncounted: 'not all rows were counted: ostiary key status --exact',
    missing: 'missing in ENCRYPTION_KEYS',
  };
  return advice[state];
}
