// key list: lists the signing keys without their private parts.
import type { Command } from '#cli/framework/command.ts';
import type { SigningKeys } from '#core/keys/signing-keys.service.ts';
import { alignColumns } from '#cli/framework/columns.ts';

interface Needs {
  readonly signingKeys: SigningKeys;
}

export const keyList: Command<Needs> = {
  name: 'key list',
  aliases: ['keys list'],
  summary: 'List the signing keys.',
  options: {},
  async run({ signingKeys }) {
    const keys = await signingKeys.list();
    const document = keys.map(({ kid, alg, status, createdAt }) => ({
      kid,
      alg,
      status,
      created_at: createdAt.toISOString(),
    }));
    const rows = document.map((key) => [key.kid, key.alg, key.status, key.created_at]);
    const table = alignColumns([['KID', 'ALGORITHM', 'STATUS', 'CREATED'], ...rows]);
    const none = 'No signing keys yet; the server generates them on its first start.\n';
    return { document, text: keys.length > 0 ? table : none };
  },
};
