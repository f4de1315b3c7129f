// Commands that stand on the process alone, in the order in which help lists them. They load what they
// need of the server when they run.
import { configCheck } from './config-check.ts';
import type { ProcessCommand } from './framework/context.ts';
import { doctor } from './doctor/doctor.ts';
import { serve } from './serve.ts';
import { userImport } from '#features/user-import/commands/user-import.ts';

export const processCommands: readonly ProcessCommand[] = [serve, configCheck, doctor, userImport];
