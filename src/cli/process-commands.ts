// Commands that run without an open installation, in the order of the help. They load server code
// only when they run.
import { completion } from './completion.ts';
import { configCheck } from './config-check.ts';
import type { ProcessCommand } from './framework/context.ts';
import { doctor } from './doctor/doctor.ts';
import { mailTest } from './mail-test.ts';
import { openapi } from './openapi.ts';
import { serve } from './serve.ts';
import { userImport } from '#features/user-import/commands/user-import.ts';

export const processCommands: readonly ProcessCommand[] = [
  serve,
  doctor,
  configCheck,
  mailTest,
  openapi,
  userImport,
  completion,
];
