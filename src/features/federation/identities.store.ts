// Stores external identities, each of which is linked to at most one user.
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Identity } from './identities.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';

interface IdentityRow {
  id: string;
  user_id: string;
  issuer: string;
  subject: string;
  provider_id: string;
  email: string | null;
  linked_at: Date;
  last_used_at: Date | null;
}

const columns = 'id, user_id, issuer, subject, provider_id, email, linked_at, last_used_at';

const bySubject: Statement = {
  name: 'identity_by_subject',
  text: `select ${columns} from identities where issuer = $1 and subject = $2`,
};

const ofUser: Statement = {
  name: 'identities_of_user',
  text: `select ${columns} from identities where user_id = $1 order by linked_at, id`,
};

// Of two concurrent inserts of the same identity, only the first succeeds.
const add: Statement = {
  name: 'identity_add',
  text: `
    insert into identities (${columns})
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (issuer, subject) do nothing`,
};

const use: Statement = {
  name: 'identity_use',
  text: `
    update identities
       set last_used_at = $2, email = coalesce($3, email), provider_id = $4
     where id = $1`,
};

const remove: Statement = {
  name: 'identity_remove',
  text: 'delete from identities where user_id = $1 and id = $2',
};

export type NewIdentity = Omit<Identity, 'id'>;
export type IdentityUse = Pick<Identity, 'email' | 'providerId'>;

export function createIdentityStore(db: Database) {
  return {
    async find(issuer: string, subject: string, tx?: Knex): Promise<Identity | undefined> {
      const [row] = (await db.run<IdentityRow>(bySubject, [issuer, subject], tx)).rows;
      return row && fromRow(row);
    },
    /** Oldest first. */
    async list(userId: string, tx?: Knex): Promise<readonly Identity[]> {
      return (await db.run<IdentityRow>(ofUser, [userId], tx)).rows.map(fromRow);
    },
    /** Returns false if the identity is already linked to an account. */
    async add(identity: NewIdentity, tx: Knex): Promise<boolean> {
      const { userId, issuer, subject, providerId, email, linkedAt, lastUsedAt } = identity;
      const who = [randomUUID(), userId, issuer, subject];
      const facts = [providerId, email ?? null, linkedAt, lastUsedAt ?? null];
      return (await db.run(add, [...who, ...facts], tx)).rowCount === 1;
    },
    /** Returns false if the identity was unlinked meanwhile. */
    async use(id: string, { email, providerId }: IdentityUse, at: Date): Promise<boolean> {
      return (await db.run(use, [id, at, email ?? null, providerId])).rowCount === 1;
    },
    async remove(userId: string, id: string, tx: Knex): Promise<boolean> {
      return (await db.run(remove, [userId, id], tx)).rowCount === 1;
    },
  };
}

export type IdentityStore = ReturnType<typeof createIdentityStore>;

function fromRow(row: IdentityRow): Identity {
  return {
    id: row.id,
    userId: row.user_id,
    issuer: row.issuer,
    subject: row.subject,
    providerId: row.provider_id,
    email: row.email ?? undefined,
    linkedAt: new Date(row.linked_at),
    lastUsedAt: row.last_used_at === null ? undefined : new Date(row.last_used_at),
  };
}
