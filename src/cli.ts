// The command line: finds the command that was typed, gives it what it stands on, and ends with its
// exit code. What the commands do is in commands/.
import { AppError } from '#domain/errors.ts';
import { readConfig } from '#platform/config.ts';
import { createLog } from '#platform/log.ts';
import { dataCommands } from '#commands/catalogue.ts';
import { findCommand, readArguments, UsageError } from '#commands/line/arguments.ts';
import type { ExitCode } from '#commands/line/command.ts';
import { describeCommand, describeCommands } from '#commands/line/help.ts';
import { createIo, gatherInputs } from '#commands/line/inputs.ts';
import { reportFailure, runCommand } from '#commands/line/run.ts';
