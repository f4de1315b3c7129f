// Data commands about the installation as a whole, in the order of the help.
import type { DataCommand } from './data-context.ts';
import { setupLink } from '#features/setup/setup-link.commands.ts';
import { configAccept } from '#features/cluster-settings/config-accept.commands.ts';
import { migrate } from './commands/migrate.ts';
import { backupPart } from '#features/backup/commands/backup-part.commands.ts';
import { databaseRestored } from '#features/backup/commands/database-restored.commands.ts';

export const installationCommands: readonly DataCommand[] = [
  setupLink,
  configAccept,
  migrate,
  databaseRestored,
  backupPart,
];
