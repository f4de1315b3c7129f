// Searches the audit log. Events are written in audit-events.store.ts and exported in
// core/audit/chain/audit-export.store.ts.
import type { ActorKind, AuditEvent } from './audit.ts';
import { cutPage, type Page, type PageRequest } from '#platform/paging.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { newestFirst } from '#platform/database/lists/page-positions.ts';

export interface AuditFilter {
  readonly userId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly event?: AuditEvent | undefined;
  /** Inclusive. */
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
}

export interface FoundAuditEvent {
  readonly id: string;
  readonly at: Date;
  readonly event: AuditEvent;
  readonly actorKind: ActorKind;
  readonly actorId: string | undefined;
  readonly userId: string | undefined;
  readonly clientId: string | undefined;
  readonly sessionUid: string | undefined;
  readonly requestId: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  /** Also `undefined` when erased. */
  readonly personal: Readonly<Record<string, unknown>> | undefined;
  /** Position in the chain; `undefined` when not sealed yet. */
  readonly seq: number | undefined;
}

interface FoundAuditEventRow {
  id: string;
  at: Date;
  event: AuditEvent;
  actor_kind: ActorKind;
  actor_id: string | null;
  user_id: string | null;
  client_id: string | null;
  session_uid: string | null;
  request_id: string | null;
  details: Record<string, unknown>;
  personal: Record<string, unknown> | null;
  seq: string | null;
}

const columns = `id, at, event, actor_kind, actor_id, user_id, client_id, session_uid, request_id,
             details, personal, seq`;

/** The supported filters and their conditions, the only variable parts of the statement. */
const conditions = {
  userId: 'user_id',
  clientId: 'client_id',
  event: 'event',
} as const;

const conditionNames = [
  'userId',
  'clientId',
  'event',
] as const satisfies readonly (keyof AuditFilter)[];

/** One named statement per combination of filters: at most eight. */
function statementFor(filters: readonly (typeof conditionNames)[number][]): Statement {
  const clauses = filters.map((name, position) => `and ${conditions[name]} = $${position + 6}`);
  return {
    name: ['audit_search', ...filters].join('_').toLowerCase(),
    text: `
      select ${columns}
        from audit_events
       where at >= $1::timestamptz and at < $2::timestamptz
         and (at, id) < ($3::timestamptz, $4::uuid) ${clauses.join(' ')}
       order by at desc, id desc
       limit $5`,
  };
}

const find: Statement = {
  name: 'audit_find',
  text: `select ${columns} from audit_events where id = $1`,
};

const listSince: Statement = {
  name: 'audit_list_since',
  text: `
    select id, at, event
      from audit_events
     where seq is not null and at >= $1 and ($2::text[] is null or event = any ($2::text[]))
     order by at, id
     limit $3`,
};

// One probe of the index audit_events_sign_in per user, however many other events the log contains.
const lastSignIns: Statement = {
  name: 'audit_last_sign_ins',
  text: `
    select u.id as user_id, e.at
      from unnest($1::uuid[]) as u (id)
     cross join lateral (
       select at
         from audit_events
        where user_id = u.id and event = 'sign_in.succeeded'
        order by at desc
        limit 1
     ) as e`,
};

export function createAuditSearchStore(db: Database) {
  return {
    async find(id: string): Promise<FoundAuditEvent | undefined> {
      const { rows } = await db.run<FoundAuditEventRow>(find, [id]);
      return rows[0] && foundFromRow(rows[0]);
    },
    /** Sealed events since a time, oldest first; with names, only these events. */
    async listSince(
      since: Date,
      names: readonly string[] | undefined,
      limit: number,
    ): Promise<readonly { readonly id: string; readonly at: Date; readonly event: AuditEvent }[]> {
      const { rows } = await db.run<Pick<FoundAuditEventRow, 'id' | 'at' | 'event'>>(listSince, [
        since,
        names ?? null,
        limit,
      ]);
      return rows;
    },
    /** Time of the last sign-in of each of these users, by user id; for lists. */
    async lastSignIns(userIds: readonly string[]): Promise<ReadonlyMap<string, Date>> {
      if (userIds.length === 0) return new Map();
      const { rows } = await db.run<{ user_id: string; at: Date }>(lastSignIns, [userIds]);
      return new Map(rows.map(({ user_id: id, at }) => [id, at]));
    },
    /** Most recent first. */
    async search(
      filter: AuditFilter,
      { after = newestFirst.uuid, limit }: PageRequest,
    ): Promise<Page<FoundAuditEvent>> {
      const filters = conditionNames.filter((name) => filter[name] !== undefined);
      const { rows } = await db.run<FoundAuditEventRow>(statementFor(filters), [
        filter.from ?? '-infinity',
        filter.to ?? 'infinity',
        ...after,
        limit + 1,
        ...filters.map((name) => filter[name]),
      ]);
      return cutPage(rows.map(foundFromRow), limit, ({ at, id }) => [at.toISOString(), id]);
    },
  };
}

export type AuditSearchStore = ReturnType<typeof createAuditSearchStore>;

function foundFromRow(row: FoundAuditEventRow): FoundAuditEvent {
  return {
    id: row.id,
    at: row.at,
    event: row.event,
    actorKind: row.actor_kind,
    actorId: row.actor_id ?? undefined,
    userId: row.user_id ?? undefined,
    clientId: row.client_id ?? undefined,
    sessionUid: row.session_uid ?? undefined,
    requestId: row.request_id ?? undefined,
    details: row.details,
    personal: row.personal ?? undefined,
    seq: row.seq === null ? undefined : Number(row.seq),
  };
}
