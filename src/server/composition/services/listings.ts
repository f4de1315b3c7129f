// Creates the read-only services: lists and details for administrators and users.
import type { Database } from '#platform/database/postgres.ts';
import type { AuditExport } from '#core/audit/chain/audit-export.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import { createAuditSearch } from '#core/audit/audit-search.service.ts';
import { createDeadLetters } from '#core/outbox/dead-letters.service.ts';
import { createFamilyTimelines } from '#core/tokens/refresh-family-view.service.ts';
import { createSessionList } from '#core/sessions/session-list.service.ts';
import { createSessionTree } from '#core/sessions/session-tree.service.ts';
import { createAuditSearchStore } from '#core/audit/audit-search.store.ts';
import { createFamilyListStore } from '#core/tokens/refresh-family-list.store.ts';
import { createGrantListStore } from '#core/tokens/grant-list.store.ts';
import { createOutboxListStore } from '#core/outbox/outbox-list.store.ts';
import { createSessionListStore } from '#core/sessions/session-list.store.ts';
import { createSessionTreeStore } from '#core/sessions/session-tree.store.ts';

export interface ListingParts {
  readonly db: Database;
  readonly audit: Audit;
  readonly auditExport: AuditExport;
  readonly now: () => Date;
}

export function createListings({ db, audit, auditExport, now }: ListingParts) {
  const familyTimelines = createFamilyTimelines({ families: createFamilyListStore(db), now });
  return {
    auditSearch: createAuditSearch({ events: createAuditSearchStore(db), auditExport }),
    deadLetters: createDeadLetters({ db, items: createOutboxListStore(db), audit, now }),
    familyTimelines,
    grantList: createGrantListStore(db),
    sessionList: createSessionList({ sessions: createSessionListStore(db), now }),
    sessionTree: createSessionTree({ store: createSessionTreeStore(db), familyTimelines, now }),
  };
}
