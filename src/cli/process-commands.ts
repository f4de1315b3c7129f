// Commands that run without an open installation, in the order of the help. They load server code
// only when they run.
import { apply } from './commands/apply.ts';
import { completion } from './commands/completion.ts';
import { configCheck } from './commands/config-check.ts';
import type { ProcessCommand } from './framework/context.ts';
import { doctor } from './doctor/doctor.ts';
import { mailTest } from './commands/mail-test.ts';
import { openapi } from './commands/openapi.ts';
import { backup } from './backup/backup.ts';
import { databaseEnvironment } from './backup/database-environment.ts';
import { restore } from './backup/restore.ts';
import { serve } from './commands/serve.ts';
import { version } from './commands/version.ts';
import { userImport } from '#features/user-import/commands/user-import.ts';

export const processCommands: readonly ProcessCommand[] = [
  serve,
  doctor,
  configCheck,
  mailTest,
  openapi,
  userImport,
  apply,
  backup,
  restore,
  databaseEnvironment,
  completion,
  version,
];
