// Browsers that are trusted with the second factor of a user, identified by the hash of a token in
// a cookie. A row counts only while the security version of the user is the one at its creation, so
// every revocation ends the trust with its own write (docs/decisions/0026).
import type { Knex } from 'knex';
import { sha256 } from '#platform/crypto/hashing.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { unchangedUser } from '#core/users/unchanged-user.store.ts';

export interface TrustedDevice {
  readonly id: string;
  /** The user agent, truncated. */
  readonly device: string | undefined;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
}

export interface NewTrust {
  readonly id: string;
  readonly userId: string;
  /** As read together with the first factor. */
  readonly securityVersion: number;
  readonly token: string;
  readonly device: string | undefined;
  readonly expiresAt: Date;
}

interface TrustedDeviceRow {
  id: string;
  device: string | null;
  created_at: Date;
  last_used_at: Date;
  expires_at: Date;
}

const insert: Statement = {
  name: 'trusted_device_insert',
  text: `
    with unchanged as (
      ${unchangedUser({ userId: '$2', at: '$6', securityVersion: '$4' })}
    )
    insert into trusted_devices (id, user_id, token_hash, security_version, device, created_at,
           last_used_at, expires_at)
    select $1, id, $3, $4, $5, $6, $6, $7 from unchanged`,
};

const use: Statement = {
  name: 'trusted_device_use',
  text: `
    update trusted_devices set last_used_at = $4
     where user_id = $1 and token_hash = any ($2::bytea[]) and security_version = $3
       and expires_at > $4
    returning id`,
};

const listOfUser: Statement = {
  name: 'trusted_devices_of_user',
  text: `
    select t.id, t.device, t.created_at, t.last_used_at, t.expires_at
      from trusted_devices t
      join users u on u.id = t.user_id
     cross join epochs e
     where t.user_id = $1 and t.expires_at > $2
       and t.security_version = u.security_version + e.security_version
     order by t.created_at desc, t.id`,
};

// The new version cancels sign-ins that rely on the removed trust and are not complete. The other trusted
// devices of the user get the new version.
const remove: Statement = {
  name: 'trusted_device_remove',
  text: `
    with raised as (
      update users set security_version = security_version + 1
       where id = $1 and exists (select 1 from trusted_devices where id = $2 and user_id = $1)
      returning security_version
    ), gone as (
      delete from trusted_devices
       where id = $2 and user_id = $1 and exists (select 1 from raised)
      returning id
    ), kept as (
      update trusted_devices t set security_version = t.security_version + 1
        from raised r cross join epochs e
       where t.user_id = $1 and t.id <> $2
         and t.security_version = r.security_version - 1 + e.security_version
    )
    select id from gone`,
};

// The user is locked first, as in every revocation.
const removeAll: Statement = {
  name: 'trusted_devices_remove_all',
  text: `
    with raised as (
      update users set security_version = security_version + 1 where id = $1
      returning id
    )
    delete from trusted_devices where user_id in (select id from raised)`,
};

export function createTrustedDeviceStore(db: Database) {
  return {
    /** False when something of the user was revoked since the first factor was read. */
    async add(trust: NewTrust, now: Date, tx: Knex): Promise<boolean> {
      const { id, userId, token, securityVersion, device = null, expiresAt } = trust;
      const values = [id, userId, sha256(token), securityVersion, device, now, expiresAt];
      return (await db.run(insert, values, tx)).rowCount === 1;
    },
    /** Returns the id of the device that one of the tokens identifies. */
    async use(
      userId: string,
      {
        tokens,
        securityVersion,
      }: Pick<NewTrust, 'securityVersion'> & { tokens: readonly string[] },
      now: Date,
      tx: Knex,
    ): Promise<string | undefined> {
      const values = [userId, tokens.map(sha256), securityVersion, now];
      return (await db.run<{ id: string }>(use, values, tx)).rows[0]?.id;
    },
    async list(userId: string, now: Date): Promise<readonly TrustedDevice[]> {
      const { rows } = await db.run<TrustedDeviceRow>(listOfUser, [userId, now]);
      return rows.map((row) => ({
        id: row.id,
        device: row.device ?? undefined,
        createdAt: row.created_at,
        lastUsedAt: row.last_used_at,
        expiresAt: row.expires_at,
      }));
    },
    async remove(userId: string, id: string, tx: Knex): Promise<boolean> {
      return (await db.run(remove, [userId, id], tx)).rowCount === 1;
    },
    /** Returns the number of devices. */
    async removeAll(userId: string, tx: Knex): Promise<number> {
      return (await db.run(removeAll, [userId], tx)).rowCount;
    },
  };
}

export type TrustedDeviceStore = ReturnType<typeof createTrustedDeviceStore>;
