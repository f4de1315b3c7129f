// Dead letters: lists the jobs that failed permanently, and retries them.
import type { AuditActor } from '#core/audit/audit.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { OutboxListStore, UnsentItem } from './outbox-list.store.ts';

export interface DeadLetterDependencies {
  readonly db: Database;
  readonly items: OutboxListStore;
  readonly audit: Audit;
  readonly now: () => Date;
}

export function createDeadLetters({ db, items, audit, now }: DeadLetterDependencies) {
  return {
    list: items.list,
    /** Makes a job due immediately, with the attempts of a new one. Without an id: all of them. */
    async retry(id: string | undefined, by: AuditActor): Promise<readonly UnsentItem[]> {
      return db.transaction(async (tx) => {
        const revived = await items.revive(id, now(), tx);
        for (const { id: outboxId, kind, userId, clientId } of revived) {
          const details = { outboxId, kind };
          await audit.append({ event: 'notice.retried', actor: by, userId, clientId, details }, tx);
        }
        return revived;
      });
    },
  };
}

export type DeadLetters = ReturnType<typeof createDeadLetters>;
