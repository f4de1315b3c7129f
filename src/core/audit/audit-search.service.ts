// Reading the audit: page by page for people, as one long flow for whoever takes it away. What a
// line of that flow holds is core/audit/chain/audit-export.service.ts.
import { Readable } from 'node:stream';
import { AppError } from '#platform/errors.ts';
import type { Page, PageRequest } from '#platform/paging.ts';
import type { AuditFilter, AuditSearchStore, FoundAuditEvent } from './audit-search.store.ts';
import type { AuditExport, ExportOrder } from './chain/audit-export.service.ts';

/** An export holds no lock and no connection while it waits, but each costs work. */
const mostExports = 4;

export interface AuditSearchDependencies {
  readonly events: AuditSearchStore;
  readonly auditExport: AuditExport;
}

export function createAuditSearch({ events, auditExport }: AuditSearchDependencies) {
  let exportsUnderWay = 0;

  return {
    /** The newest first. */
    search(filter: AuditFilter, page: PageRequest): Promise<Page<FoundAuditEvent>> {
      return events.search(filter, page);
    },
    /**
     * Lines of JSON, read from the database as fast as they are taken and no faster.
     * @throws AppError `overloaded` when several are under way
     */
    export(order: ExportOrder): Readable {
      if (exportsUnderWay >= mostExports) {
        throw new AppError('overloaded', 'Several exports are under way. Please try again later.', {
          retryAfterSeconds: 30,
        });
      }
      const lines = Readable.from(auditExport.lines(order), { highWaterMark: 2 });
      exportsUnderWay += 1;
      // Comes after the last line as well as after a reader who went away.
      lines.once('close', () => {
        exportsUnderWay -= 1;
      });
      return lines;
    },
  };
}

export type AuditSearch = ReturnType<typeof createAuditSearch>;
