// `backup`: writes a copy of the embedded database to a file, also while the server runs.
import type { Answer } from '#cli/framework/command.ts';
import type { ProcessCommand, ProcessContext } from '#cli/framework/context.ts';
import { runRemotely } from '#cli/remote.ts';
import { openContext, runAtData, type DataConnection } from '#cli/run-command.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { AppError } from '#platform/errors.ts';
import { createLog } from '#platform/logging/log.ts';
import { requireNewFile, writeArchiveFile } from './archive-file.ts';

export const backup: ProcessCommand = {
  name: 'backup',
  summary: 'Write a copy of the embedded database to a file, also while the server runs.',
  operand: 'FILE',
  options: {},
  examples: ['backup ostiary-2026-11-29.backup'],
  async run(context, { operand: path }, io) {
    const config = context.readConfig();
    if (config.databaseUrl !== undefined) {
      const { useServerTools } = await import('#features/backup/backup.service.ts');
      throw useServerTools('backup', 'pg_dump');
    }
    await requireNewFile(path);
    const bytes = await runAtData(config, io, {
      here: () => writeHere(path, connectionOf(context)),
      inServer: () => writeFromServer(path, config.dataDirectory),
    });
    return answer(path, bytes);
  },
};

export function connectionOf({ env, now, readConfig }: ProcessContext): DataConnection {
  const config = readConfig();
  return { config, now, log: createLog({ level: env['LOG_LEVEL'] ? config.logLevel : 'error' }) };
}

async function writeHere(path: string, connection: DataConnection): Promise<number> {
  const { context, close } = await openContext(connection);
  try {
    const archive = await context.backup.create();
    await writeArchiveFile(path, archive);
    await context.backup.record(commandLineActor);
    return archive.length;
  } finally {
    await close();
  }
}

/** `undefined`: no server is running. */
async function writeFromServer(path: string, directory: string): Promise<number | undefined> {
  const ask = async (argv: readonly string[], hear: (piece: string) => Promise<void>) => {
    const reply = await runRemotely(directory, { argv, inputs: { files: {} } }, hear);
    if (reply && reply.exitCode !== 0) throw new AppError('conflict', reply.err.trim());
    return reply;
  };
  const pieces: Buffer[] = [];
  const reply = await ask(
    ['backup-part'],
    async (piece) => void pieces.push(Buffer.from(piece, 'base64')),
  );
  if (!reply) return undefined;
  const archive = Buffer.concat(pieces);
  await writeArchiveFile(path, archive);
  await ask(['backup-part', '--done'], async () => undefined);
  return archive.length;
}

function answer(path: string, bytes: number): Answer {
  const megabytes = (bytes / 1024 / 1024).toFixed(1);
  const keys = 'Keep ENCRYPTION_KEYS and COOKIE_KEYS, or the file keys.json, in another place.';
  return {
    document: { file: path, bytes },
    text: `The backup is in ${path} (${megabytes} MB).\n${keys}\n`,
  };
}
