// Pages of sealed events by time, user and event name. Each statement examines a bounded number of
// rows, however few of them match, so that none runs long.
import type { SealedRow } from './audit-chain.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { sealedRowColumns, sealedRowFrom, type SealedRowColumns } from './audit-rows.store.ts';

export interface AuditFilter {
  readonly from: Date | undefined;
  /** Exclusive. */
  readonly to: Date | undefined;
  /** The user whom the events concern. */
  readonly userId: string | undefined;
  readonly event: string | undefined;
  /** Last position of the chain to examine. */
  readonly untilSeq: number;
}

/** Position of a reader. */
export interface AuditPosition {
  readonly at: string;
  readonly id: string;
}

export interface AuditPage {
  readonly rows: readonly SealedRow[];
  /** `undefined` at the end. */
  readonly next: AuditPosition | undefined;
}

type FoundColumns =
  | (SealedRowColumns & { place_id: string; place_at: string })
  | { id: null; place_id: string; place_at: string };

const firstPlace: AuditPosition = { at: '-infinity', id: '00000000-0000-0000-0000-000000000000' };

/** `$1` to `$5` bound the window, `$6` and `$7` are the filters within it. */
const textOf = (whose: string): string => `
  with looked_at as (
    select id, at
      from audit_events
     where (at, id) > ($1::timestamptz, $2::uuid)
       and at >= coalesce($3::timestamptz, '-infinity')
       and at < coalesce($4::timestamptz, 'infinity')
       ${whose}
     order by at, id
     limit $5
  )
  select place.id as place_id, place.at::text as place_at, ${sealedRowColumns}
    from looked_at place
    left join audit_events e
           on e.id = place.id and e.seq <= $6 and e.event = coalesce($7, e.event)
   order by place.at, place.id`;

const ofAll: Statement = { name: 'audit_export', text: textOf('') };
const ofUser: Statement = { name: 'audit_export_user', text: textOf('and user_id = $8') };

export function createAuditExportStore(db: Database) {
  return {
    /** In order of time; `limit` is the number of rows to examine. */
    async page(
      filter: AuditFilter,
      after: AuditPosition | undefined,
      limit: number,
    ): Promise<AuditPage> {
      const { from, to, userId, event, untilSeq } = filter;
      const { at, id } = after ?? firstPlace;
      const values = [at, id, from ?? null, to ?? null, limit, untilSeq, event ?? null];
      const { rows } = await (userId === undefined
        ? db.run<FoundColumns>(ofAll, values)
        : db.run<FoundColumns>(ofUser, [...values, userId]));
      const last = rows.at(-1);
      return {
        rows: rows.flatMap((row) => (row.id === null ? [] : sealedRowFrom(row))),
        next: last && rows.length === limit ? { at: last.place_at, id: last.place_id } : undefined,
      };
    },
  };
}

export type AuditExportStore = ReturnType<typeof createAuditExportStore>;
