// Reading the audit: what happened to whom, when, newest first for people and oldest first for
// whoever takes it away. Writing is in audit-events.ts.
import type { ActorKind, AuditEvent } from '#domain/audit.ts';
import { cutPage, type Page, type PageRequest } from '#domain/paging.ts';
import type { Database, Statement } from '#platform/postgres.ts';
import { newestFirst, oldestFirst } from './page-positions.ts';

export interface AuditFilter {
  readonly userId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly event?: AuditEvent | undefined;
  /** From that instant on. */
  readonly from?: Date | undefined;
  /** Up to that instant, which is not part of it. */
  readonly to?: Date | undefined;
}

/** An entry with its place in the chain, if it has been sealed. */
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
  /** `undefined` also when erased. */
  readonly personal: Readonly<Record<string, unknown>> | undefined;
  readonly personalDigest: Buffer | undefined;
  readonly seq: string | undefined;
  readonly previousHash: Buffer | undefined;
  readonly hash: Buffer | undefined;
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
  personal_digest: Buffer | null;
  seq: string | null;
  previous_hash: Buffer | null;
  hash: Buffer | null;
}

/** What may be asked for, and the column that answers; the only parts a statement is put together of. */
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

type Order = 'newest' | 'oldest';

const orders = {
  newest: { beyond: '<', by: 'desc' },
  oldest: { beyond: '>', by: 'asc' },
} as const;

/** One named statement per set of conditions: at most sixteen. */
function statementFor(order: Order, asked: readonly (typeof conditionNames)[number][]): Statement {
  const { beyond, by } = orders[order];
  const wheres = asked.map((name, position) => `and ${conditions[name]} = $${position + 6}`);
  return {
    name: ['audit_search', order, ...asked].join('_').toLowerCase(),
    text: `
      select id, at, event, actor_kind, actor_id, user_id, client_id, session_uid, request_id,
             details, personal, personal_digest, seq, previous_hash, hash
        from audit_events
       where at >= $1::timestamptz and at < $2::timestamptz
         and (at, id) ${beyond} ($3::timestamptz, $4::uuid) ${wheres.join(' ')}
       order by at ${by}, id ${by}
       limit $5`,
  };
}

export function createAuditSearchStore(db: Database) {
  async function read(order: Order, filter: AuditFilter, { after, limit }: PageRequest) {
    const asked = conditionNames.filter((name) => filter[name] !== undefined);
    const start = after ?? (order === 'newest' ? newestFirst.uuid : oldestFirst.uuid);
    const { rows } = await db.run<FoundAuditEventRow>(statementFor(order, asked), [
      filter.from ?? '-infinity',
      filter.to ?? 'infinity',
      ...start,
      limit + 1,
      ...asked.map((name) => filter[name]),
    ]);
    return cutPage(rows.map(foundFromRow), limit, ({ at, id }) => [at.toISOString(), id]);
  }

  return {
    newest(filter: AuditFilter, page: PageRequest): Promise<Page<FoundAuditEvent>> {
      return read('newest', filter, page);
    },
    oldest(filter: AuditFilter, page: PageRequest): Promise<Page<FoundAuditEvent>> {
      return read('oldest', filter, page);
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
    personalDigest: row.personal_digest ?? undefined,
    seq: row.seq ?? undefined,
    previousHash: row.previous_hash ?? undefined,
    hash: row.hash ?? undefined,
  };
}
