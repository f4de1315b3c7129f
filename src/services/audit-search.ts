// Reading the audit: page by page for people, as one long flow for whoever takes it away.
import { Readable } from 'node:stream';
import { AppError } from '#domain/errors.ts';
import type { Page, PageRequest, Position } from '#domain/paging.ts';
import type { AuditFilter, AuditSearchStore, FoundAuditEvent } from '#stores/audit-search.ts';

/** Entries per look-up of an export: what is in memory at any time. */
const exportPage = 500;
/** An export holds no lock and no connection while it waits, but each costs work. */
const mostExports = 4;

export interface AuditSearchDependencies {
  readonly events: AuditSearchStore;
  readonly now: () => Date;
}

export function createAuditSearch({ events, now }: AuditSearchDependencies) {
  let exportsUnderWay = 0;

  /** The oldest first. What is written after the start is not part of it, so it ends. */
  async function* readAll(filter: AuditFilter): AsyncGenerator<FoundAuditEvent> {
    let after: Position | undefined;
    do {
      const page = await events.oldest(filter, { after, limit: exportPage });
      yield* page.items;
      after = page.next;
    } while (after);
  }

  async function* presentAll(
    filter: AuditFilter,
    present: (event: FoundAuditEvent) => string,
  ): AsyncGenerator<string> {
    for await (const event of readAll(filter)) yield present(event);
  }

  return {
    /** The newest first. */
    search(filter: AuditFilter, page: PageRequest): Promise<Page<FoundAuditEvent>> {
      return events.newest(filter, page);
    },
    /**
     * A flow of lines, read as fast as they are taken.
     * @throws AppError `overloaded` when several are under way
     */
    export(filter: AuditFilter, present: (event: FoundAuditEvent) => string): Readable {
      if (exportsUnderWay >= mostExports) {
        throw new AppError('overloaded', 'Several exports are under way. Please try again later.', {
          retryAfterSeconds: 30,
        });
      }
      const end = now();
      const to = filter.to && filter.to < end ? filter.to : end;
      const lines = Readable.from(presentAll({ ...filter, to }, present), { highWaterMark: 64 });
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
