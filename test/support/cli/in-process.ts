// Runs data commands in the process of the test, on the services of a running application.
import assert from 'node:assert/strict';
import { createDataContext } from '#cli/data-context.ts';
import { findCommand } from '#cli/framework/arguments.ts';
import { createIo } from '#cli/framework/inputs.ts';
import { runCommand } from '#cli/framework/run.ts';
import { createPaint } from '#cli/framework/terminal/paint.ts';
import { dataCommands } from '#cli/registry.ts';
import type { Services } from '#server/composition.ts';
import type { Ran } from './shell.ts';

export interface CommandRunner {
  run(args: readonly string[], stdin?: string): Promise<Ran>;
  /** Like `run`, but fails unless the command succeeds. */
  done(args: readonly string[], stdin?: string): Promise<Ran>;
}

export function createCommandRunner(services: Services): CommandRunner {
  const context = createDataContext(services);
  const run = async (args: readonly string[], stdin?: string): Promise<Ran> => {
    const found = findCommand(dataCommands, args);
    assert.ok(found, `no such command: ${args.join(' ')}`);
    const { command, rest: argv } = found;
    const printed = { out: '', err: '' };
    const io = createIo(
      { files: {}, ...(stdin === undefined ? {} : { stdin }) },
      {
        out: (text) => void (printed.out += text),
        err: (text) => void (printed.err += text),
        write: async (text) => void (printed.out += text),
        paint: createPaint(false),
      },
    );
    const logBug = (error: unknown): never => {
      throw error;
    };
    const exitCode = await runCommand({ command, argv, context, io, logBug });
    return { ...printed, exitCode, json: () => parse(printed.out) };
  };
  return {
    run,
    async done(args, stdin) {
      const ran = await run(args, stdin);
      assert.equal(ran.exitCode, 0, ran.err);
      return ran;
    },
  };
}

function parse(out: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(out);
  return Object.fromEntries(Object.entries(Object(value)));
}
