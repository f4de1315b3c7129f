// Storage of the audit chain: unsealed rows, positions, signed heads, and reading in order. Rows
// are added in core/audit/audit-events.store.ts; audit-chain.ts defines the input of the hash.
import type { Knex } from 'knex';
import type { AuditRow, SealedRow, StoredHead } from './audit-chain.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import {
  auditRowColumns,
  auditRowFrom,
  sealedRowColumns,
  sealedRowFrom,
  type AuditRowColumns,
  type SealedRowColumns,
} from './audit-rows.store.ts';

/** Position of one event in the chain. */
export interface ChainLink {
  readonly id: string;
  readonly seq: number;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
}

/** End of the chain. */
export interface ChainTip {
  readonly seq: number;
  readonly hash: Buffer;
}

export interface ChainExtent {
  readonly newestSeq: number;
  readonly newestHead: StoredHead | undefined;
  readonly unsealed: number;
}

interface HeadColumns {
  seq: string;
  hash: Buffer;
  signed_at: Date;
  signature: string;
}

/** The same in every version of the product, and different from the lock of the migrations. */
const advisoryLock = 7_074_100_816;

const headColumns = 'seq, hash, signed_at, signature';

const hasUnsealed: Statement = {
  name: 'audit_chain_has_unsealed',
  text: 'select exists (select 1 from audit_events where seq is null) as found',
};

const lock: Statement = {
  name: 'audit_chain_lock',
  text: `select pg_try_advisory_xact_lock(${advisoryLock}) as locked`,
};

// Rows locked by another transaction (for example by erasure) are sealed later: sealing never
// waits, so it cannot take part in a deadlock.
const takeUnsealed: Statement = {
  name: 'audit_chain_take',
  text: `
    select ${auditRowColumns}
      from audit_events e
     where e.seq is null
     order by e.at, e.id
     limit $1
       for update skip locked`,
};

// The end of the chain according to the signed heads and according to the rows. They differ only
// after tampering; the chain then continues after the later one, so that the damage stays visible
// in its place.
const tip: Statement = {
  name: 'audit_chain_tip',
  text: `
    select seq, hash
      from (
        (select seq, hash, true as signed from audit_heads order by seq desc limit 1)
        union all
        (select seq, hash, false from audit_events where seq is not null order by seq desc limit 1)
      ) as tips
     order by seq desc, signed desc
     limit 1`,
};

const seal: Statement = {
  name: 'audit_chain_seal',
  text: `
    with sealed as (
      update audit_events e
         set seq = link.seq, previous_hash = link.previous_hash, hash = link.hash
        from unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::bytea[])
             as link (id, seq, previous_hash, hash)
       where e.id = link.id and e.seq is null
      returning e.seq
    )
    insert into audit_heads (${headColumns})
    select $5, $6, $7, $8
     where (select count(*) from sealed) = cardinality($1::uuid[])`,
};

const page: Statement = {
  name: 'audit_chain_page',
  text: `
    select ${sealedRowColumns}
      from audit_events e
     where e.seq > coalesce($1::bigint, '-9223372036854775808')
     order by e.seq
     limit $2`,
};

const heads: Statement = {
  name: 'audit_chain_heads',
  text: `
    select ${headColumns}
      from audit_heads
     where seq > coalesce($1::bigint, '-9223372036854775808')
     order by seq
     limit $2`,
};

// One statement, so that all values belong to the same moment.
const extent: Statement = {
  name: 'audit_chain_extent',
  text: `
    select coalesce((select max(seq) from audit_events), 0) as newest_seq,
           (select count(*) from audit_events where seq is null) as unsealed,
           head.*
      from (values (1)) as always (one)
      left join (select ${headColumns} from audit_heads order by seq desc limit 1) as head on true`,
};

export function createAuditChainStore(db: Database) {
  return {
    async hasUnsealed(): Promise<boolean> {
      const { rows } = await db.run<{ found: boolean }>(hasUnsealed, []);
      return rows[0]?.found === true;
    },
    /** True for one process at a time, until the transaction ends. Never waits. */
    async lock(tx: Knex): Promise<boolean> {
      const { rows } = await db.run<{ locked: boolean }>(lock, [], tx);
      return rows[0]?.locked === true;
    },
    async takeUnsealed(limit: number, tx: Knex): Promise<AuditRow[]> {
      const { rows } = await db.run<AuditRowColumns>(takeUnsealed, [limit], tx);
      return rows.map(auditRowFrom);
    },
    /** `undefined` when nothing is sealed yet. */
    async tip(tx: Knex): Promise<ChainTip | undefined> {
      const { rows } = await db.run<{ seq: string; hash: Buffer }>(tip, [], tx);
      return rows[0] && { seq: Number(rows[0].seq), hash: rows[0].hash };
    },
    /**
     * Returns false when a row already had a position; the transaction must then be rolled back.
     */
    async seal(links: readonly ChainLink[], head: StoredHead, tx: Knex): Promise<boolean> {
      const columns = [
        links.map(({ id }) => id),
        links.map(({ seq }) => seq),
        links.map(({ previousHash }) => previousHash),
        links.map(({ hash }) => hash),
      ];
      const { seq, hash, signedAt, signature } = head;
      const { rowCount } = await db.run(seal, [...columns, seq, hash, signedAt, signature], tx);
      return rowCount === 1;
    },
    /** Sealed events after position `after`, or from the beginning, in the order of the chain. */
    async page(after: number | undefined, limit: number): Promise<SealedRow[]> {
      const { rows } = await db.run<SealedRowColumns>(page, [after ?? null, limit]);
      return rows.map(sealedRowFrom);
    },
    /** Signed heads after position `after`, or from the beginning. */
    async heads(after: number | undefined, limit: number): Promise<StoredHead[]> {
      const { rows } = await db.run<HeadColumns>(heads, [after ?? null, limit]);
      return rows.map(headFrom);
    },
    async extent(): Promise<ChainExtent> {
      const { rows } = await db.run<ExtentRow>(extent, []);
      const [row] = rows;
      return {
        newestSeq: Number(row?.newest_seq ?? 0),
        unsealed: Number(row?.unsealed ?? 0),
        newestHead: row && hasHead(row) ? headFrom(row) : undefined,
      };
    },
  };
}

export type AuditChainStore = ReturnType<typeof createAuditChainStore>;

type ExtentRow = { newest_seq: string; unsealed: string } & (
  | HeadColumns
  | { [Name in keyof HeadColumns]: null }
);

function hasHead(row: ExtentRow): row is ExtentRow & HeadColumns {
  return row.seq !== null;
}

function headFrom(row: HeadColumns): StoredHead {
  return {
    seq: Number(row.seq),
    hash: row.hash,
    signedAt: row.signed_at,
    signature: row.signature,
  };
}
