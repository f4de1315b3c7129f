// Rows of backchannel_requests: requests that wait for the user's decision, and the decisions. Each
// decision and each redemption is one conditional statement.
import type { Knex } from 'knex';
import type { User } from '#core/users/users.ts';
import { unchangedUser } from '#core/users/unchanged-user.store.ts';
import { sha256 } from '#platform/crypto/hashing.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface BackchannelRequest {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  /** What oidc-provider stores: parameters, scope, claims, nonce, resource. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly bindingMessage: string | undefined;
  /** The address from which the client sent the request. */
  readonly address: string | undefined;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly decision: 'approved' | 'denied' | undefined;
  readonly grantId: string | undefined;
  readonly acr: string | undefined;
  readonly amr: readonly string[] | undefined;
  readonly authTime: Date | undefined;
  readonly isConsumed: boolean;
}

export interface NewBackchannelRequest extends Pick<
  BackchannelRequest,
  | 'id'
  | 'userId'
  | 'clientId'
  | 'content'
  | 'bindingMessage'
  | 'address'
  | 'createdAt'
  | 'expiresAt'
> {
  /** The `auth_req_id`. */
  readonly secret: string;
  readonly notification: string | undefined;
}

/** An approval, with the grant and the authentication of the session in which it was given. */
export interface Approval {
  readonly grantId: string;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly authTime: Date;
}

interface Row {
  id: string;
  user_id: string;
  client_id: string;
  content: Record<string, unknown>;
  notification: string | null;
  binding_message: string | null;
  address: string | null;
  created_at: Date;
  expires_at: Date;
  decision: 'approved' | 'denied' | null;
  grant_id: string | null;
  acr: string | null;
  amr: string[] | null;
  auth_time: Date | null;
  consumed_at: Date | null;
}

const columns = `id, user_id, client_id, content, notification, binding_message, address, created_at,
       expires_at, decision, grant_id, acr, amr, auth_time, consumed_at`;

const columnsOfRequest = columns.replaceAll(/\w+/g, 'r.$&');

// A client cannot fill the account with requests, nor the mailbox with requests that soon expire.
const maxWaiting = 20;

// Serializes the requests for one user, so that `insert` counts all earlier ones.
const lockUser: Statement = {
  name: 'backchannel_request_lock_user',
  text: 'select id from users where id = $1 for no key update',
};

const insert: Statement = {
  name: 'backchannel_request_insert',
  text: `
    insert into backchannel_requests (id, id_hash, user_id, client_id, content, notification,
           binding_message, address, created_at, expires_at)
    select $1, $2, u.id, $4, $5::jsonb, $6, $7, $8, $9, $10
      from users u
     where u.id = $3
       and (select count(*) from backchannel_requests r
             where r.user_id = u.id and r.decision is null
               and greatest(r.expires_at, r.created_at + interval '10 minutes') > $9) < ${maxWaiting}`,
};

const byHash: Statement = {
  name: 'backchannel_request_by_hash',
  text: `select ${columns} from backchannel_requests where id_hash = $1`,
};

const byId: Statement = {
  name: 'backchannel_request_by_id',
  text: `select ${columns} from backchannel_requests where id = $1`,
};

// A revocation of the user's sign-in after the request ends the request.
const waiting = `
  r.user_id = $1 and r.decision is null and r.expires_at > $2
  and (u.not_before is null or u.not_before <= r.created_at)
  and (u.blocked_at is null or u.blocked_until <= $2)`;

const listWaiting: Statement = {
  name: 'backchannel_requests_waiting',
  text: `
    select ${columnsOfRequest}
      from backchannel_requests r join users u on u.id = r.user_id
     where ${waiting}
     order by r.created_at desc, r.id`,
};

const decide = (set: string) => `
    with unchanged as (
      ${unchangedUser({ userId: '$2', at: '$3', securityVersion: '$4' })}
    )
    update backchannel_requests r
       set decided_at = $3, ${set}
      from unchanged u
     where r.id = $1 and r.user_id = u.id and r.decision is null and r.expires_at > $3
    returning r.notification, r.client_id`;

const approve: Statement = {
  name: 'backchannel_request_approve',
  text: decide(`decision = 'approved', grant_id = $5, acr = $6, amr = $7, auth_time = $8`),
};

const deny: Statement = {
  name: 'backchannel_request_deny',
  text: decide(`decision = 'denied'`),
};

const consume: Statement = {
  name: 'backchannel_request_consume',
  text: `
    update backchannel_requests set consumed_at = $2
     where id_hash = $1 and consumed_at is null`,
};

export interface Decided {
  readonly clientId: string;
  /** Sealed; `undefined` for a client that polls. */
  readonly notification: string | undefined;
}

type Version = Pick<User, 'id' | 'securityVersion'>;

export function createBackchannelRequestStore(db: Database) {
  async function decideWith(statement: Statement, values: readonly unknown[], tx: Knex) {
    const { rows } = await db.run<Pick<Row, 'client_id' | 'notification'>>(statement, values, tx);
    const [row] = rows;
    return row && { clientId: row.client_id, notification: row.notification ?? undefined };
  }

  return {
    /**
     * False if too many requests for the user are pending, or the user does not exist. Runs in a transaction.
     */
    async add(request: NewBackchannelRequest, tx: Knex): Promise<boolean> {
      const { id, secret, userId, clientId, content, notification = null } = request;
      const { bindingMessage = null, address = null, createdAt, expiresAt } = request;
      const head = [id, sha256(secret), userId, clientId, JSON.stringify(content), notification];
      const values = [...head, bindingMessage, address, createdAt, expiresAt];
      await db.run(lockUser, [userId], tx);
      return (await db.run(insert, values, tx)).rowCount === 1;
    },
    async findBySecret(secret: string): Promise<BackchannelRequest | undefined> {
      const { rows } = await db.run<Row>(byHash, [sha256(secret)]);
      return rows[0] && fromRow(rows[0]);
    },
    async find(id: string): Promise<BackchannelRequest | undefined> {
      const { rows } = await db.run<Row>(byId, [id]);
      return rows[0] && fromRow(rows[0]);
    },
    /** Newest first. */
    async listWaiting(userId: string, now: Date): Promise<readonly BackchannelRequest[]> {
      const { rows } = await db.run<Row>(listWaiting, [userId, now]);
      return rows.map(fromRow);
    },
    /** `undefined` if it was decided, has expired, or the user's sign-in was revoked since it was read. */
    approve: (
      id: string,
      user: Version,
      { grantId, acr, amr, authTime }: Approval,
      { now, tx }: { readonly now: Date; readonly tx: Knex },
    ): Promise<Decided | undefined> =>
      decideWith(
        approve,
        [id, user.id, now, user.securityVersion, grantId, acr, amr, authTime],
        tx,
      ),
    /** As `approve`. */
    deny: (
      id: string,
      user: Version,
      { now, tx }: { readonly now: Date; readonly tx: Knex },
    ): Promise<Decided | undefined> =>
      decideWith(deny, [id, user.id, now, user.securityVersion], tx),
    /** True for exactly one caller. */
    async consume(secret: string, now: Date): Promise<boolean> {
      return (await db.run(consume, [sha256(secret), now])).rowCount === 1;
    },
  };
}

export type BackchannelRequestStore = ReturnType<typeof createBackchannelRequestStore>;

function fromRow(row: Row): BackchannelRequest {
  return {
    id: row.id,
    userId: row.user_id,
    clientId: row.client_id,
    content: row.content,
    bindingMessage: row.binding_message ?? undefined,
    address: row.address ?? undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    decision: row.decision ?? undefined,
    grantId: row.grant_id ?? undefined,
    acr: row.acr ?? undefined,
    amr: row.amr ?? undefined,
    authTime: row.auth_time ?? undefined,
    isConsumed: row.consumed_at !== null,
  };
}
