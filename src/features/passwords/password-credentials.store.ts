// Password hashes as PHC strings, one per user. Hashing and verification are in
// platform/crypto/password-hashing.ts; core/users/users.store.ts reads the hash for a sign-in, in
// the same statement as the user.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';

const set: Statement = {
  name: 'password_set',
  text: `
    insert into password_credentials (user_id, hash, changed_at)
    values ($1, $2, $3)
    on conflict (user_id) do update
       set hash = excluded.hash,
           changed_at = excluded.changed_at`,
};

const replace: Statement = {
  name: 'password_replace',
  text: 'update password_credentials set hash = $3 where user_id = $1 and hash = $2',
};

const remove: Statement = {
  name: 'password_remove',
  text: 'delete from password_credentials where user_id = $1',
};

const changedAt: Statement = {
  name: 'password_changed_at',
  text: 'select changed_at from password_credentials where user_id = $1',
};

export function createPasswordCredentialStore(db: Database) {
  return {
    async set(userId: string, hash: string, at: Date, tx: Knex = db.knex): Promise<void> {
      await db.run(set, [userId, hash, at], tx);
    },

    /**
     * Replaces a weaker hash of the same password by a stronger one. False: the password was
     * changed in the meantime, and the change takes precedence.
     */
    async replaceHash(userId: string, from: string, to: string): Promise<boolean> {
      const { rowCount } = await db.run(replace, [userId, from, to]);
      return rowCount === 1;
    },

    /** `undefined` when the user has no password. */
    async changedAt(userId: string): Promise<Date | undefined> {
      const { rows } = await db.run<{ changed_at: Date }>(changedAt, [userId]);
      return rows[0]?.changed_at;
    },

    /** False: there was none. */
    async remove(userId: string, tx: Knex): Promise<boolean> {
      return (await db.run(remove, [userId], tx)).rowCount === 1;
    },
  };
}

export type PasswordCredentialStore = ReturnType<typeof createPasswordCredentialStore>;
