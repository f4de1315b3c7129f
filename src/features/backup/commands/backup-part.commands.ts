// `backup-part`: the requests of `backup` to a server that has the embedded database open. Internal;
// the file is written by the process of the command line.
import type { Command } from '#cli/framework/command.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import type { Backup } from '#features/backup/backup.service.ts';

interface Needs {
  readonly backup: Backup;
}

/** Bytes per message of the control socket. */
const pieceBytes = 3 * 1024 * 1024;

export const backupPart: Command<Needs> = {
  name: 'backup-part',
  summary: 'Internal part of backup.',
  isInternal: true,
  options: { done: { meaning: 'Record that the archive was written' } },
  async run({ backup }, args, io) {
    if (args.has('done')) {
      await backup.record(commandLineActor);
      return { document: {}, text: '' };
    }
    const archive = await backup.create();
    for (let at = 0; at < archive.length; at += pieceBytes) {
      await io.write(archive.toString('base64', at, at + pieceBytes));
    }
    return { document: { bytes: archive.length }, text: '' };
  },
};
