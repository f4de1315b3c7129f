// What operators and people look at: lists and pictures of what the other services decide about.
import type { Database } from '#platform/postgres.ts';
import type { AuditExport } from '#services/audit-chain/export.ts';
import { createAuditSearch } from '#services/audit-search.ts';
import { createFamilyPictures } from '#services/family-pictures.ts';
import { createSessionList } from '#services/session-list.ts';
import { createSessionTree } from '#services/session-tree.ts';
import { createAuditSearchStore } from '#stores/audit-search.ts';
import { createFamilyListStore } from '#stores/family-list.ts';
import { createGrantListStore } from '#stores/grant-list.ts';
import { createSessionListStore } from '#stores/session-list.ts';
import { createSessionTreeStore } from '#stores/session-tree.ts';

export interface ListingParts {
  readonly db: Database;
  readonly auditExport: AuditExport;
  readonly now: () => Date;
}

export function createListings({ db, auditExport, now }: ListingParts) {
  const familyPictures = createFamilyPictures({ families: createFamilyListStore(db), now });
  return {
    auditSearch: createAuditSearch({ events: createAuditSearchStore(db), auditExport }),
    familyPictures,
    grantList: createGrantListStore(db),
    sessionList: createSessionList({ sessions: createSessionListStore(db), now }),
    sessionTree: createSessionTree({ store: createSessionTreeStore(db), familyPictures, now }),
  };
}
