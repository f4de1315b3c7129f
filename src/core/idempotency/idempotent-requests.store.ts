// Stored responses to creations. A row is inserted in the transaction of the creation, so that both exist or
// neither does.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface StoredAnswer {
  readonly fingerprint: string;
  /** Path of the created resource, relative to the API. */
  readonly location: string;
  /** `undefined`: the resource was deleted since. */
  readonly answer: object | undefined;
}

export interface NewAnswer {
  readonly id: string;
  readonly fingerprint: string;
  readonly location: string;
  readonly answer: object;
  readonly userId: string | undefined;
  readonly at: Date;
  readonly expiresAt: Date;
}

interface AnswerRow {
  fingerprint: string;
  location: string;
  answer: object | null;
}

const find: Statement = {
  name: 'idempotent_request',
  text: `
    select fingerprint, location, answer
      from idempotent_requests
     where id = $1 and expires_at > $2`,
};

// Waits for a concurrent transaction with the same key, and then inserts nothing. An expired row is
// replaced, since the cleanup may not have removed it yet.
const insert: Statement = {
  name: 'idempotent_request_add',
  text: `
    insert into idempotent_requests (id, fingerprint, location, answer, user_id, expires_at)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (id) do update
       set fingerprint = excluded.fingerprint,
           location = excluded.location,
           answer = excluded.answer,
           user_id = excluded.user_id,
           expires_at = excluded.expires_at
     where idempotent_requests.expires_at <= $7`,
};

export function createIdempotentRequestStore(db: Database) {
  return {
    async find(id: string, at: Date): Promise<StoredAnswer | undefined> {
      const [row] = (await db.run<AnswerRow>(find, [id, at])).rows;
      return row && { ...row, answer: row.answer ?? undefined };
    },
    /** False: the key was used meanwhile. */
    async add(answer: NewAnswer, tx: Knex): Promise<boolean> {
      const { id, fingerprint, location, userId, at, expiresAt } = answer;
      const text = JSON.stringify(answer.answer);
      const values = [id, fingerprint, location, text, userId ?? null, expiresAt, at];
      return (await db.run(insert, values, tx)).rowCount === 1;
    },
  };
}

export type IdempotentRequestStore = ReturnType<typeof createIdempotentRequestStore>;
