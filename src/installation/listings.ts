// What operators and people look at: lists and pictures of what the other services decide about.
import type { Database } from '#platform/database/postgres.ts';
import type { AuditExport } from '#services/audit/chain/export.ts';
import type { Audit } from '#services/audit/audit.ts';
import { createAuditSearch } from '#services/audit/audit-search.ts';
import { createDeadLetters } from '#services/delivery/dead-letters.ts';
import { createFamilyPictures } from '#services/blocking/family-pictures.ts';
import { createSessionList } from '#services/sessions/session-list.ts';
import { createSessionTree } from '#services/sessions/session-tree.ts';
import { createAuditSearchStore } from '#stores/audit/audit-search.ts';
import { createFamilyListStore } from '#stores/tokens/family-list.ts';
import { createGrantListStore } from '#stores/tokens/grant-list.ts';
import { createOutboxListStore } from '#stores/outbox-list.ts';
import { createSessionListStore } from '#stores/sessions/session-list.ts';
import { createSessionTreeStore } from '#stores/sessions/session-tree.ts';

export interface ListingParts {
  readonly db: Database;
  readonly audit: Audit;
  readonly auditExport: AuditExport;
  readonly now: () => Date;
}

export function createListings({ db, audit, auditExport, now }: ListingParts) {
  const familyPictures = createFamilyPictures({ families: createFamilyListStore(db), now });
  return {
    auditSearch: createAuditSearch({ events: createAuditSearchStore(db), auditExport }),
    deadLetters: createDeadLetters({ db, items: createOutboxListStore(db), audit, now }),
    familyPictures,
    grantList: createGrantListStore(db),
    sessionList: createSessionList({ sessions: createSessionListStore(db), now }),
    sessionTree: createSessionTree({ store: createSessionTreeStore(db), familyPictures, now }),
  };
}
