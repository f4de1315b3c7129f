// Stores custom attributes: one JSON value per user and namespace, with a version that is
// incremented by each change, including a removal.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface StoredSupplement {
  readonly namespace: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly version: number;
  readonly updatedAt: Date;
  /** Kind and id of the actor, as in the audit. */
  readonly updatedBy: string;
}

export interface SupplementChange {
  readonly userId: string;
  readonly namespace: string;
  readonly at: Date;
  readonly by: string;
  /** The version that is replaced; 0 if there is no value yet. */
  readonly expected: number;
}

interface SupplementRow {
  namespace: string;
  value: Record<string, unknown>;
  version: number;
  updated_at: Date;
  updated_by: string;
}

const ofUser: Statement = {
  name: 'supplements_of_user',
  text: `
    select namespace, value, version, updated_at, updated_by
      from user_supplements
     where user_id = $1 and value is not null and namespace = any ($2::text[])
     order by namespace`,
};

// The row of a removed value stays with a null value, so that its version keeps counting.
const create: Statement = {
  name: 'supplement_create',
  text: `
    insert into user_supplements (user_id, namespace, value, version, updated_at, updated_by)
    select id, $2, $3::jsonb, 1, $4, $5 from users where id = $1
    on conflict (user_id, namespace) do update
       set value = excluded.value, version = user_supplements.version + 1,
           updated_at = excluded.updated_at, updated_by = excluded.updated_by
     where user_supplements.value is null
    returning version`,
};

// The condition on the version lets exactly one of several concurrent writers succeed.
const replace: Statement = {
  name: 'supplement_replace',
  text: `
    update user_supplements
       set value = $3::jsonb, version = version + 1, updated_at = $4, updated_by = $5
     where user_id = $1 and namespace = $2 and value is not null and version = $6
    returning version`,
};

export function createCustomAttributeStore(db: Database) {
  return {
    async list(
      userId: string,
      namespaces: readonly string[],
    ): Promise<readonly StoredSupplement[]> {
      const { rows } = await db.run<SupplementRow>(ofUser, [userId, [...namespaces]]);
      return rows.map(fromRow);
    },
    /**
     * @param value `undefined` removes the stored value
     * @returns the new version, or `undefined` if the stored version is not the expected one
     */
    async change(
      { userId, namespace, at, by, expected }: SupplementChange,
      value: object | undefined,
      tx: Knex,
    ): Promise<number | undefined> {
      const text = value === undefined ? null : JSON.stringify(value);
      const values = [userId, namespace, text, at, by];
      const { rows } = await (expected === 0
        ? db.run<{ version: number }>(create, values, tx)
        : db.run<{ version: number }>(replace, [...values, expected], tx));
      return rows[0]?.version;
    },
  };
}

export type CustomAttributeStore = ReturnType<typeof createCustomAttributeStore>;

function fromRow(row: SupplementRow): StoredSupplement {
  return {
    namespace: row.namespace,
    value: row.value,
    version: row.version,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}
