// Changes the log level for some time, on all nodes, on behalf of an operator.
import type { AuditActor } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { Database } from '#platform/database/postgres.ts';
import { AppError } from '#platform/errors.ts';
import type { LogFilter, OverrideLevel } from '#platform/logging/log-overrides.ts';
import type { ActiveLogOverride } from './active-log-override.service.ts';
import type { LogOverrideStore } from './log-override.store.ts';
import { maxSecondsFiltered, maxSecondsForAll, type StoredOverride } from './logging.ts';

export interface LoggingDependencies {
  readonly db: Database;
  readonly store: LogOverrideStore;
  readonly activeLogOverride: ActiveLogOverride;
  readonly audit: Audit;
  readonly invalidation: Invalidation;
  readonly now: () => Date;
}

export interface NewOverride {
  readonly level: OverrideLevel;
  readonly seconds: number;
  readonly filter?: LogFilter | undefined;
}

export function createLogging(dependencies: LoggingDependencies) {
  const { db, store, activeLogOverride, audit, invalidation, now } = dependencies;

  /** After the commit: this process applies the change at once, the others within a second. */
  async function announce(): Promise<void> {
    await activeLogOverride.load();
    await invalidation.publish({});
  }

  return {
    find: (): Promise<StoredOverride | undefined> => store.find(now()),
    /**
     * Replaces any other override.
     * @throws AppError `invalid_input` for too long a time, `user_not_found`, `client_not_found`
     */
    async set(wanted: NewOverride, by: AuditActor): Promise<StoredOverride> {
      checkTime(wanted);
      const { level, seconds, filter } = wanted;
      const setAt = now();
      const override = { level, filter, setAt, expiresAt: new Date(+setAt + seconds * 1000) };
      await db.transaction(async (tx) => {
        if (!(await store.write(override, tx))) throw unknownSubject(filter);
        const details = { level, seconds, ...(filter?.by === 'route' && { route: filter.value }) };
        const subject = subjectOf(filter);
        await audit.append({ event: 'logging.updated', actor: by, ...subject, details }, tx);
      });
      await announce();
      return override;
    },
    /** Returns false if none was in effect. */
    async reset(by: AuditActor): Promise<boolean> {
      const wasActive = await db.transaction(async (tx) => {
        if (!(await store.remove(now(), tx))) return false;
        await audit.append({ event: 'logging.reset', actor: by }, tx);
        return true;
      });
      await announce();
      return wasActive;
    },
  };
}

export type Logging = ReturnType<typeof createLogging>;

function checkTime({ seconds, filter }: NewOverride): void {
  const longest = filter ? maxSecondsFiltered : maxSecondsForAll;
  if (seconds <= longest) return;
  throw new AppError(
    'invalid_input',
    filter
      ? 'The level may change for 24 hours at most.'
      : 'The level of all requests may change for 60 minutes at most. ' +
          'That of one user, client or route may change for 24 hours.',
  );
}

function subjectOf(filter: LogFilter | undefined) {
  if (filter?.by === 'user') return { userId: filter.value };
  return filter?.by === 'client' ? { clientId: filter.value } : {};
}

function unknownSubject(filter: LogFilter | undefined): AppError {
  return filter?.by === 'user'
    ? new AppError('user_not_found', 'User not found.')
    : new AppError('client_not_found', 'Client not found.');
}
