// Rows of approvals.
import type { Knex } from 'knex';
import type { ApprovalAct } from '#config/kinds/approval-acts.ts';
import { assignmentsColumn } from '#core/access-control/assignments.store.ts';
import type { ActorKind } from '#core/audit/audit.ts';
import { sha256Text } from '#platform/crypto/hashing.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import type { Approval, ApprovalState, Party } from './approvals.ts';

interface ApprovalRow {
  id: string;
  act: ApprovalAct;
  user_id: string | null;
  target_version: string | null;
  requester_kind: ActorKind;
  requester_id: string | null;
  scopes: string[] | null;
  reason: string | null;
  state: ApprovalState;
  created_at: Date;
  expires_at: Date;
  decider_kind: ActorKind | null;
  decider_id: string | null;
  decided_at: Date | null;
  refusal: string | null;
}

// The row stays locked until the end of the act, so that it is decided once.
const locked: Statement = {
  name: 'approval_locked',
  text: 'select * from approvals where id = $1 for update',
};

const decide: Statement = {
  name: 'approval_decide',
  text: `
    update approvals
       set state = $2, decider_kind = $3, decider_id = $4, decided_at = $5, refusal = $6
     where id = $1 and state = 'pending' and (expires_at > $5 or $2 = 'expired')`,
};

const pending: Statement = {
  name: 'approval_pending',
  text: `
    select * from approvals
     where act = $1 and user_id is not distinct from $2::uuid and state = 'pending'`,
};

const insert: Statement = {
  name: 'approval_insert',
  text: `
    insert into approvals (id, act, user_id, target_version, requester_kind, requester_id, scopes,
                           reason, created_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict do nothing`,
};

// Other nodes skip the rows that one of them expires.
const due: Statement = {
  name: 'approvals_due',
  text: `
    select * from approvals
     where state = 'pending' and expires_at <= $1
     order by expires_at
     limit 20
       for update skip locked`,
};

// The data that an administrator reads before deciding: the name, the rights and the state of the user.
const target: Statement = {
  name: 'approval_target',
  text: `
    select jsonb_build_array(u.email, u.blocked_at, u.security_version,
                             ${assignmentsColumn('u.id')} -> 'roles')::text as version
      from users u
     where u.id = $1
       for no key update of u`,
};

const controlled: Statement = {
  name: 'approval_requester_controlled',
  text: `
    select 1 from audit_events
     where client_id = $1 and actor_kind = 'user' and actor_id = $2
       and event in ('client.created', 'client.updated', 'client.secret_rotated')
     limit 1`,
};

export interface Decision {
  readonly state: Exclude<ApprovalState, 'pending'>;
  readonly by: Party;
  readonly at: Date;
  readonly refusal?: string | undefined;
}

export function createApprovalStore(db: Database) {
  async function read(statement: Statement, values: readonly unknown[], tx: Knex) {
    const { rows } = await db.run<ApprovalRow>(statement, [...values], tx);
    return rows.map(approvalFromRow);
  }
  return {
    async lock(id: string, tx: Knex): Promise<Approval | undefined> {
      return (await read(locked, [id], tx))[0];
    },
    /** False if it was decided or expired meanwhile. */
    async decide(id: string, { state, by, at, refusal }: Decision, tx: Knex): Promise<boolean> {
      const values = [id, state, by.kind, by.id ?? null, at, refusal ?? null];
      return (await db.run(decide, values, tx)).rowCount === 1;
    },
    async findPending(act: ApprovalAct, userId: string | undefined, tx: Knex) {
      return (await read(pending, [act, userId ?? null], tx))[0];
    },
    /** False if the same act is already pending. */
    async insert(approval: Approval, tx: Knex): Promise<boolean> {
      const { id, act, userId, targetVersion, requestedBy, scopes, reason } = approval;
      const requester = [requestedBy.kind, requestedBy.id ?? null];
      const facts = [id, act, userId ?? null, targetVersion ?? null, ...requester];
      const rest = [scopes ?? null, reason ?? null, approval.createdAt, approval.expiresAt];
      return (await db.run(insert, [...facts, ...rest], tx)).rowCount === 1;
    },
    /** Locks and returns the approvals that have expired. */
    listDue: (at: Date, tx: Knex) => read(due, [at], tx),
    async find(id: string): Promise<Approval | undefined> {
      const row: ApprovalRow | undefined = await db.knex('approvals').where({ id }).first();
      return row && approvalFromRow(row);
    },
    /** Most recent first. */
    async list(state: ApprovalState | undefined, after: string | undefined, limit: number) {
      const query = db.knex('approvals').select('*').orderBy('id', 'desc').limit(limit);
      if (state !== undefined) query.where({ state });
      if (after !== undefined) query.where('id', '<', after);
      const rows: ApprovalRow[] = await query;
      return rows.map(approvalFromRow);
    },
    async countPending(at: Date): Promise<number> {
      const query = db.knex('approvals').where({ state: 'pending' }).where('expires_at', '>', at);
      const [row] = await query.count({ count: '*' });
      return Number(row?.['count'] ?? 0);
    },
    /** A digest of the user, who is locked; `undefined` if there is none. */
    async versionOf(userId: string, tx: Knex): Promise<string | undefined> {
      const { rows } = await db.run<{ version: string }>(target, [userId], tx);
      return rows[0] && sha256Text(rows[0].version);
    },
    /** True if the user registered or changed the client, and so may know its secret. */
    async hasControlled(userId: string, clientId: string): Promise<boolean> {
      return (await db.run(controlled, [clientId, userId])).rowCount !== 0;
    },
  };
}

export type ApprovalStore = ReturnType<typeof createApprovalStore>;

function approvalFromRow(row: ApprovalRow): Approval {
  const { decider_kind: decider } = row;
  return {
    id: row.id,
    act: row.act,
    userId: row.user_id ?? undefined,
    targetVersion: row.target_version ?? undefined,
    requestedBy: { kind: row.requester_kind, id: row.requester_id ?? undefined },
    scopes: row.scopes ?? undefined,
    reason: row.reason ?? undefined,
    state: row.state,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    decidedBy: decider === null ? undefined : { kind: decider, id: row.decider_id ?? undefined },
    decidedAt: row.decided_at ?? undefined,
    refusal: row.refusal ?? undefined,
  };
}
