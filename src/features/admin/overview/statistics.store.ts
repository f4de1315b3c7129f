// Counts for the overview of the panel.
import type { AuditEvent } from '#core/audit/audit.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface Totals {
  readonly users: number;
  readonly blockedUsers: number;
  readonly activeSessions: number;
  readonly clients: number;
  /** Number of pending jobs, and the creation time of the oldest. */
  readonly waitingJobs: number;
  readonly oldestJobAt: Date | undefined;
  readonly deadJobs: number;
}

interface TotalsRow {
  users: number;
  blocked_users: number;
  active_sessions: number;
  clients: number;
  waiting_jobs: number;
  oldest_job_at: Date | null;
  dead_jobs: number;
}

export interface HourCount {
  readonly hour: Date;
  readonly event: AuditEvent;
  readonly count: number;
}

const totals: Statement = {
  name: 'panel_totals',
  text: `
    select (select count(*)::int from users) as users,
           (select count(*)::int from users
             where blocked_at is not null and (blocked_until is null or blocked_until > $1))
             as blocked_users,
           (select count(*)::int from sessions
             where user_id is not null and ended_at is null and expires_at > $1) as active_sessions,
           (select count(*)::int from clients) as clients,
           (select count(*)::int from outbox where sent_at is null and dead_at is null)
             as waiting_jobs,
           (select min(created_at) from outbox where sent_at is null and dead_at is null)
             as oldest_job_at,
           (select count(*)::int from outbox where dead_at is not null) as dead_jobs`,
};

const eventsByHour: Statement = {
  name: 'panel_events_by_hour',
  text: `
    select date_trunc('hour', at, 'UTC') as hour, event, count(*)::int as count
      from audit_events
     where at >= $1 and event = any($2::text[])
     group by 1, 2`,
};

const familiesByHour: Statement = {
  name: 'panel_families_by_hour',
  text: `
    select date_trunc('hour', created_at, 'UTC') as hour, count(*)::int as count
      from refresh_families
     where created_at >= $1
     group by 1`,
};

export function createStatisticsStore(db: Database) {
  return {
    async totals(now: Date): Promise<Totals> {
      const [row] = (await db.run<TotalsRow>(totals, [now])).rows;
      if (!row) throw new Error('a select without a from clause returns one row');
      return {
        users: row.users,
        blockedUsers: row.blocked_users,
        activeSessions: row.active_sessions,
        clients: row.clients,
        waitingJobs: row.waiting_jobs,
        oldestJobAt: row.oldest_job_at ?? undefined,
        deadJobs: row.dead_jobs,
      };
    },
    async eventsByHour(from: Date, events: readonly AuditEvent[]): Promise<readonly HourCount[]> {
      return (await db.run<HourCount>(eventsByHour, [from, events])).rows;
    },
    async familiesByHour(from: Date): Promise<readonly Omit<HourCount, 'event'>[]> {
      return (await db.run<Omit<HourCount, 'event'>>(familiesByHour, [from])).rows;
    },
  };
}

export type StatisticsStore = ReturnType<typeof createStatisticsStore>;
