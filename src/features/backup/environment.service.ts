// Moves a database to another environment. What waits in the outbox of a copy is addressed to the
// users of the original, so it is not sent.
import type { Config } from '#config/config.ts';
import type { AuditActor } from '#core/audit/audit.ts';
import { createAuditEventStore } from '#core/audit/audit-events.store.ts';
import { createAudit } from '#core/audit/audit.service.ts';
import { connectPostgres, type Database } from '#platform/database/postgres.ts';
import { replaceEnvironment } from '#platform/database/schema/environment.ts';
import { AppError } from '#platform/errors.ts';
import type { Log } from '#platform/logging/log.ts';
import { createRequestOrigin } from '#platform/request/request-origin.ts';
import { createRestorationStore } from './restoration.store.ts';

interface Opening {
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Date;
}

/**
 * @returns the number of jobs that are held back
 * @throws AppError `conflict` if the database belongs to neither environment
 */
export async function moveDatabase(
  opening: Opening,
  names: { readonly from: string; readonly to: string },
  by: AuditActor,
): Promise<number> {
  const db = await openDatabase(opening);
  try {
    const origin = createRequestOrigin();
    const { log, now } = opening;
    const audit = createAudit({ events: createAuditEventStore(db), origin, log, now });
    const store = createRestorationStore(db);
    return await db.transaction(async (tx) => {
      if (!(await replaceEnvironment(names, tx))) throw otherEnvironment(names.from);
      const details = { ...names };
      const event = 'database.environment_changed';
      await audit.append({ event, actor: by, details }, tx);
      return store.holdBackJobs(now(), tx);
    });
  } finally {
    await db.close();
  }
}

async function openDatabase({ config, log }: Opening): Promise<Database> {
  const { databaseUrl: url, dataDirectory: directory } = config;
  if (url !== undefined) return connectPostgres({ url, log, poolSize: 1 });
  const { openEmbedded } = await import('#platform/database/embedded-postgres.ts');
  return openEmbedded({ directory, log });
}

function otherEnvironment(from: string): AppError {
  return new AppError('conflict', `This database does not belong to the environment ${from}.`);
}
