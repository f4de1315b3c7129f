// Reads the audit log: page by page, or as one stream for an export. The lines of an export are
// defined in core/audit/chain/audit-export.service.ts.
import { Readable } from 'node:stream';
import { AppError } from '#platform/errors.ts';
import type { Page, PageRequest } from '#platform/paging.ts';
import type { AuditFilter, AuditSearchStore, FoundAuditEvent } from './audit-search.store.ts';
import type { AuditExport, ExportOrder } from './chain/audit-export.service.ts';

/** A waiting export holds no lock or connection, but each one costs work. */
const maxExports = 4;

export interface AuditSearchDependencies {
  readonly events: AuditSearchStore;
  readonly auditExport: AuditExport;
}

export function createAuditSearch({ events, auditExport }: AuditSearchDependencies) {
  let exportsUnderWay = 0;

  return {
    /** Most recent first. */
    search(filter: AuditFilter, page: PageRequest): Promise<Page<FoundAuditEvent>> {
      return events.search(filter, page);
    },
    /** Time of the last sign-in of each of these users, by user id. */
    lastSignIns: events.lastSignIns,
    /**
     * A stream of JSON lines, read from the database on demand.
     * @throws AppError `overloaded` when too many exports are running
     */
    export(order: ExportOrder): Readable {
      if (exportsUnderWay >= maxExports) {
        throw new AppError('overloaded', 'Too many exports are running. Please try again later.', {
          retryAfterSeconds: 30,
        });
      }
      const lines = Readable.from(auditExport.lines(order), { highWaterMark: 2 });
      exportsUnderWay += 1;
      // Emitted after the last line, and also when the reader disconnects.
      lines.once('close', () => {
        exportsUnderWay -= 1;
      });
      return lines;
    },
  };
}

export type AuditSearch = ReturnType<typeof createAuditSearch>;
