// Passkeys, and the random user handle under which authenticators store an account.
import type { Knex } from 'knex';
import type { Passkey } from './passkeys.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';

interface PasskeyRow {
  credential_id: Buffer;
  user_id: string;
  public_key: Buffer;
  sign_count: string | number;
  transports: string[];
  device_type: Passkey['deviceType'];
  backed_up: boolean;
  aaguid: string;
  name: string;
  created_at: Date;
  last_used_at: Date | null;
}

const columns = `credential_id, user_id, public_key, sign_count, transports, device_type, backed_up,
           aaguid, name, created_at, last_used_at`;

const byId: Statement = {
  name: 'passkey_by_id',
  text: `select ${columns} from passkeys where credential_id = $1`,
};

const ofUser: Statement = {
  name: 'passkeys_of_user',
  text: `select ${columns} from passkeys where user_id = $1 order by created_at, credential_id`,
};

// The credential id is unique across all users; another user's credential is not added.
const add: Statement = {
  name: 'passkey_add',
  text: `
    insert into passkeys (${columns})
    values ($1, $2, $3, $4, $5::text[], $6, $7, $8, $9, $10, null)
    on conflict (credential_id) do nothing`,
};

// The counter increases or stays zero; a second request with the same counter matches no row.
const use: Statement = {
  name: 'passkey_use',
  text: `
    update passkeys
       set sign_count = $2, backed_up = $3, last_used_at = $4
     where credential_id = $1 and (sign_count < $2 or (sign_count = 0 and $2 = 0))`,
};

const rename: Statement = {
  name: 'passkey_rename',
  text: 'update passkeys set name = $3 where user_id = $1 and credential_id = $2',
};

const remove: Statement = {
  name: 'passkey_remove',
  text: 'delete from passkeys where user_id = $1 and credential_id = $2',
};

// Locking the user prevents two concurrent removals that would each leave one sign-in method.
const signInMethods: Statement = {
  name: 'ways_in_of_user',
  text: `
    select (select count(*)::integer from passkeys k where k.user_id = $1) as passkeys,
           exists (select 1 from password_credentials p where p.user_id = $1) as has_password,
           (select count(*)::integer from identities i
             where i.user_id = $1 and i.issuer = any($2::text[])) as identities`,
};

const lockUser: Statement = {
  name: 'ways_in_lock',
  text: 'select 1 from users where id = $1 for update',
};

const makeHandle: Statement = {
  name: 'user_handle_make',
  text: `
    insert into user_handles (user_id, handle) values ($1, $2) on conflict (user_id) do nothing`,
};

const handleOf: Statement = {
  name: 'user_handle_of',
  text: 'select handle from user_handles where user_id = $1',
};

interface SignInMethodsRow {
  passkeys: number;
  has_password: boolean;
  identities: number;
}

/** @param issuers of the identity providers that users can sign in with at present */
export function createPasskeyStore(db: Database, issuers: () => readonly string[] = () => []) {
  return {
    async find(id: string): Promise<Passkey | undefined> {
      const [row] = (await db.run<PasskeyRow>(byId, [bytes(id)])).rows;
      return row && fromRow(row);
    },
    /** The oldest first. */
    async list(userId: string, tx: Knex = db.knex): Promise<readonly Passkey[]> {
      return (await db.run<PasskeyRow>(ofUser, [userId], tx)).rows.map(fromRow);
    },
    /** False: the credential is already registered. */
    async add(passkey: Passkey, tx: Knex): Promise<boolean> {
      const { id, userId, publicKey, signCount, transports, deviceType } = passkey;
      const { backedUp, aaguid, name, createdAt } = passkey;
      const key = [bytes(id), userId, Buffer.from(publicKey), signCount, [...transports]];
      const rest = [deviceType, backedUp, aaguid, name, createdAt];
      return (await db.run(add, [...key, ...rest], tx)).rowCount === 1;
    },
    /** False: the counter did not increase. */
    async use(id: string, signCount: number, backedUp: boolean, at: Date): Promise<boolean> {
      return (await db.run(use, [bytes(id), signCount, backedUp, at])).rowCount === 1;
    },
    async rename(userId: string, id: string, name: string, tx: Knex): Promise<boolean> {
      return (await db.run(rename, [userId, bytes(id), name], tx)).rowCount === 1;
    },
    async remove(userId: string, id: string, tx: Knex): Promise<boolean> {
      return (await db.run(remove, [userId, bytes(id)], tx)).rowCount === 1;
    },
    /** Inside a transaction, the sign-in methods are locked until it ends. */
    async signInMethods(userId: string, tx?: Knex) {
      if (tx) await db.run(lockUser, [userId], tx);
      const [row] = (await db.run<SignInMethodsRow>(signInMethods, [userId, [...issuers()]], tx))
        .rows;
      return {
        passkeys: row?.passkeys ?? 0,
        hasPassword: row?.has_password ?? false,
        identities: row?.identities ?? 0,
      };
    },
    /** The user's handle; `fresh` becomes the handle if there is none yet. */
    async ensureHandle(userId: string, fresh: Buffer): Promise<Buffer> {
      await db.run(makeHandle, [userId, fresh]);
      return (await this.handleOf(userId)) ?? fresh;
    },
    async handleOf(userId: string): Promise<Buffer | undefined> {
      const [row] = (await db.run<{ handle: Buffer }>(handleOf, [userId])).rows;
      return row && Buffer.from(row.handle);
    },
  };
}

export type PasskeyStore = ReturnType<typeof createPasskeyStore>;

function bytes(id: string): Buffer {
  return Buffer.from(id, 'base64url');
}

function fromRow(row: PasskeyRow): Passkey {
  return {
    id: Buffer.from(row.credential_id).toString('base64url'),
    userId: row.user_id,
    publicKey: Uint8Array.from(row.public_key),
    signCount: Number(row.sign_count),
    transports: row.transports,
    deviceType: row.device_type,
    backedUp: row.backed_up,
    aaguid: row.aaguid,
    name: row.name,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
  };
}
