// `database environment`: moves a database to another environment, for example a copy of production
// to staging. It runs without the services, which refuse a database of another environment.
import { runAtData } from '#cli/run-command.ts';
import type { ProcessCommand } from '#cli/framework/context.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { AppError } from '#platform/errors.ts';
import { connectionOf } from './backup.ts';

export const databaseEnvironment: ProcessCommand = {
  name: 'database environment',
  summary: 'Move a database to another environment, such as a copy of production to staging.',
  operand: 'NAME',
  options: {
    from: { value: 'NAME', isRequired: true, meaning: 'The environment that it belongs to' },
  },
  examples: ['database environment staging --from production'],
  async run(context, args, io) {
    const to = args.operand;
    const from = args.required('from');
    if (!/^[a-z][a-z0-9-]{0,62}$/.test(to)) {
      throw new AppError('invalid_input', 'An environment consists of a-z, 0-9 and hyphens.');
    }
    const connection = connectionOf(context);
    const { moveDatabase } = await import('#features/backup/environment.service.ts');
    const held = await runAtData(connection.config, io, {
      here: () => moveDatabase(connection, { from, to }, commandLineActor),
      inServer: async () => undefined,
    });
    const jobs = held === 1 ? '1 job' : `${held} jobs`;
    return {
      document: { environment: to, former: from, held_back_jobs: held },
      text:
        `The database belongs to the environment ${to} now; it was ${from}.\n` +
        `Mail and messages that were waiting are held back: ${jobs}.\n`,
    };
  },
};
