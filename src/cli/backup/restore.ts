// `restore`: replaces the embedded database with one from a file of `backup`, and revokes everything that was
// issued before.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from '#cli/framework/command.ts';
import type { ProcessCommand } from '#cli/framework/context.ts';
import { openContext, type DataConnection } from '#cli/run-command.ts';
import type { Config } from '#config/config.ts';
import { completeKeys } from '#config/development-keys.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { createKeyring } from '#platform/crypto/encryption.ts';
import { AppError } from '#platform/errors.ts';
import { readArchiveFile } from './archive-file.ts';
import { connectionOf } from './backup.ts';

export const restore: ProcessCommand = {
  name: 'restore',
  summary: 'Replace the embedded database by a backup; stop the server first.',
  operand: 'FILE',
  options: {
    yes: { meaning: 'Replace a database that exists already, which cannot be undone' },
  },
  examples: ['restore ostiary-2026-11-29.backup'],
  async run(context, args) {
    const connection = connectionOf(context);
    const { useServerTools } = await import('#features/backup/backup.service.ts');
    if (connection.config.databaseUrl !== undefined) throw useServerTools('restore', 'pg_restore');
    const archive = await readArchiveFile(args.operand);
    return restoreFrom(archive, connection, args.has('yes'));
  },
};

async function restoreFrom(
  archive: Buffer,
  connection: DataConnection,
  mayReplace: boolean,
): Promise<Answer> {
  const [{ unpackArchive }, { replaceEmbedded }, { migrations }, { describeRestoration }] =
    await Promise.all([
      import('#features/backup/backup.service.ts'),
      import('#platform/database/embedded-postgres.ts'),
      import('#platform/database/migrations.ts'),
      import('#features/backup/commands/database-restored.commands.ts'),
    ]);
  const config = await withKeys(connection.config);
  const keyring = createKeyring(config.encryptionKeys);
  const known = migrations.map(({ name }) => name);
  const { header, files } = await unpackArchive(archive, { config, keyring, known });
  let answer: Answer | undefined;
  await replaceEmbedded(config.dataDirectory, { archive: files, mayReplace }, async (draft) => {
    const opened = { ...connection, config: { ...config, dataDirectory: draft } };
    const { context, close } = await openContext(opened);
    try {
      answer = describeRestoration(await context.restoration.finish(commandLineActor));
    } finally {
      await close();
    }
  });
  if (!answer) throw new TypeError('a replacement runs its preparation');
  return { ...answer, text: `The backup of ${header.created_at} is restored.\n${answer.text}` };
}

/** New keys could not decrypt the backup, so none are generated. */
async function withKeys(config: Config): Promise<Config> {
  const isComplete = config.encryptionKeys.length > 0 && config.cookieKeys.length > 0;
  if (isComplete || existsSync(join(config.dataDirectory, 'keys.json')))
    return completeKeys(config);
  throw new AppError(
    'conflict',
    `The keys of the backup are missing: copy keys.json of its data directory to ` +
      `${config.dataDirectory}, or set ENCRYPTION_KEYS and COOKIE_KEYS.`,
  );
}
