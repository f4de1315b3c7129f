// The table signal_polls: one process at a time polls for the signals of an identity provider. Its later
// writes name its claim, so that a process whose claim has ended changes nothing.
import type { Database, Statement } from '#platform/database/postgres.ts';

// A new endpoint does not inherit the delay after failures of the previous one.
const claim: Statement = {
  name: 'signal_poll_claim',
  text: `
    insert into signal_polls as p (provider_id, endpoint, due_at)
    values ($1, $2, $3)
        on conflict (provider_id) do update
       set endpoint = excluded.endpoint,
           due_at = excluded.due_at,
           failures = case when p.endpoint = excluded.endpoint then p.failures else 0 end
     where p.due_at <= $4 or p.endpoint <> excluded.endpoint
    returning failures`,
};

const succeeded: Statement = {
  name: 'signal_poll_succeeded',
  text: `
    update signal_polls
       set due_at = $3, succeeded_at = $4, failures = 0, failing_since = null, last_error = null
     where provider_id = $1 and due_at = $2`,
};

const failed: Statement = {
  name: 'signal_poll_failed',
  text: `
    update signal_polls
       set due_at = $3,
           failures = failures + 1,
           failing_since = coalesce(failing_since, $4),
           last_error = $5
     where provider_id = $1 and due_at = $2`,
};

const release: Statement = {
  name: 'signal_poll_release',
  text: 'update signal_polls set due_at = $3 where provider_id = $1 and due_at = $2',
};

export interface PolledProvider {
  readonly id: string;
  readonly endpoint: string;
}

export interface PollClaim {
  readonly providerId: string;
  readonly until: Date;
  /** Number of consecutive failed polls before this one. */
  readonly failures: number;
}

export function createSignalPollStore(db: Database) {
  return {
    /** `undefined` if another process polls, or the next poll is not due. */
    async claim(
      { id, endpoint }: PolledProvider,
      until: Date,
      at: Date,
    ): Promise<PollClaim | undefined> {
      const values = [id, endpoint, until, at];
      const { rows } = await db.run<{ failures: number }>(claim, values);
      return rows[0] && { providerId: id, until, failures: rows[0].failures };
    },
    async markSucceeded({ providerId, until }: PollClaim, dueAt: Date, at: Date): Promise<void> {
      await db.run(succeeded, [providerId, until, dueAt, at]);
    },
    async markFailed(
      { providerId, until }: PollClaim,
      { dueAt, at, error }: { readonly dueAt: Date; readonly at: Date; readonly error: string },
    ): Promise<void> {
      await db.run(failed, [providerId, until, dueAt, at, error]);
    },
    async release({ providerId, until }: PollClaim, dueAt: Date): Promise<void> {
      await db.run(release, [providerId, until, dueAt]);
    },
  };
}

export type SignalPollStore = ReturnType<typeof createSignalPollStore>;
