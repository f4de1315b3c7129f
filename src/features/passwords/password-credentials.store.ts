// Passwords as PHC strings, one per person. Hashing and comparing is
// platform/crypto/password-hashing.ts; reading one for a sign-in is part of
// core/users/users.store.ts, which needs it in the same statement.
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

export function createPasswordCredentialStore(db: Database) {
  return {
    async set(userId: string, hash: string, at: Date, tx: Knex = db.knex): Promise<void> {
      await db.run(set, [userId, hash, at], tx);
    },

    /**
     * Puts a stronger hash of the same password in the place of a weaker one. False: the password
     * was changed meanwhile, and the change must win.
     */
    async replaceHash(userId: string, from: string, to: string): Promise<boolean> {
      const { rowCount } = await db.run(replace, [userId, from, to]);
      return rowCount === 1;
    },

    /** False: there was none. */
    async remove(userId: string, tx: Knex): Promise<boolean> {
      return (await db.run(remove, [userId], tx)).rowCount === 1;
    },
  };
}

export type PasswordCredentialStore = ReturnType<typeof createPasswordCredentialStore>;
