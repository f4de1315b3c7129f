// keys list: lists the signing keys without their private parts.
import type { DataCommand } from '#cli/framework/context.ts';
import { alignColumns } from '#cli/framework/columns.ts';

export const keysList: DataCommand = {
  name: 'keys list',
  summary: 'List the signing keys.',
  options: {},
  async run({ installation }) {
    const keys = await installation.services.signingKeys.list();
    const document = keys.map(({ kid, alg, status, createdAt }) => ({
      kid,
      alg,
      status,
      created_at: createdAt.toISOString(),
    }));
    const rows = document.map((key) => [key.kid, key.alg, key.status, key.created_at]);
    const table = alignColumns([['KID', 'ALGORITHM', 'STATUS', 'MADE'], ...rows]);
    const none = 'No signing keys yet; the server generates them on its first start.\n';
    return { document, text: keys.length > 0 ? table : none };
  },
};
