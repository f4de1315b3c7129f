// The clients table. clients.service.ts caches clients between requests; the registration rules in
// oidc/clients validate the metadata.
import type { Knex } from 'knex';
import { AppError } from '#platform/errors.ts';
import type { Client, ClientAccess, ClientOrigin, ClientValues, NewClient } from './clients.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface ClientRow {
  client_id: string;
  secret_hash: string | null;
  previous_secret_hash: string | null;
  previous_secret_expires_at: Date | null;
  first_party: boolean;
  resources: string[];
  metadata: Record<string, unknown>;
  origin: 'operator' | ClientOrigin;
  disabled_at: Date | null;
  not_before: Date | null;
  created_at: Date;
  updated_at: Date;
  /** Null: every user may sign in. */
  access: ClientAccess | null;
}

const columns = `client_id, secret_hash, previous_secret_hash, previous_secret_expires_at,
  first_party, resources, metadata, origin, disabled_at, not_before, created_at, updated_at,
  case when access_limited then (
    select jsonb_build_object(
             'roles', coalesce(jsonb_agg(r.role_id) filter (where r.role_id is not null), '[]'),
             'groups', coalesce(jsonb_agg(r.group_id) filter (where r.group_id is not null), '[]'),
             'organizations',
               coalesce(jsonb_agg(r.organization_id) filter (where r.organization_id is not null), '[]'))
      from client_access_rules r
     where r.client_id = clients.client_id) end as access`;

const byId: Statement = {
  name: 'client_by_id',
  text: `select ${columns} from clients where client_id = $1`,
  isUrgent: true,
};

const names: Statement = {
  name: 'client_names',
  text: `
    select client_id, metadata ->> 'client_name' as name
      from clients
     where client_id = any($1::text[])`,
};

const page: Statement = {
  name: 'client_page',
  text: `
    select ${columns}
      from clients
     where client_id > $1
     order by client_id
     limit $2`,
};

// A change is based on the client as it was read, and is refused if any of these values has changed since, so
// that concurrent changes cannot overwrite each other.
const replace: Statement = {
  name: 'client_replace',
  text: `
    update clients
       set secret_hash = $2, first_party = $3, resources = $4, metadata = $5, updated_at = $6,
           previous_secret_hash = $11, previous_secret_expires_at = $12
     where client_id = $1
       and secret_hash is not distinct from $7
       and first_party = $8
       and resources = $9
       and metadata = $10`,
};

// Tokens of a deleted client with the same id must not become valid again.
const lastDeletion = `(
  select max(at) from audit_events where client_id = ? and event = 'client.deleted')`;

// Public clients and FAPI clients always use PKCE (client-policies.ts).
const settlePkce: Statement = {
  name: 'client_settle_pkce',
  text: `
    update clients
       set metadata = metadata || jsonb_build_object('require_pkce', $1::boolean
             or metadata ->> 'token_endpoint_auth_method' is not distinct from 'none'
             or metadata @> '{"require_pushed_authorization_requests": true}'
             or metadata @> '{"dpop_bound_access_tokens": true}')
     where not metadata ? 'require_pkce'`,
};

export function createClientStore(db: Database) {
  return {
    /** The registered names of these clients, by client id; an unknown client is left out. */
    async namesOf(clientIds: readonly string[]): Promise<ReadonlyMap<string, string | undefined>> {
      if (clientIds.length === 0) return new Map();
      const { rows } = await db.run<{ client_id: string; name: string | null }>(names, [clientIds]);
      return new Map(rows.map(({ client_id: id, name }) => [id, name ?? undefined]));
    },

    /** @throws AppError `conflict` when the id is taken; the transaction remains usable */
    async insert(client: NewClient, tx: Knex = db.knex): Promise<void> {
      const inserted: unknown[] = await tx('clients')
        .insert({
          client_id: client.clientId,
          secret_hash: client.secretHash ?? null,
          first_party: client.firstParty,
          resources: client.resources,
          metadata: client.metadata,
          origin: client.origin ?? 'operator',
          created_at: client.createdAt,
          updated_at: client.createdAt,
          not_before: db.knex.raw(lastDeletion, [client.clientId]),
        })
        .onConflict('client_id')
        .ignore()
        .returning('client_id');
      if (inserted.length === 0) {
        throw new AppError('conflict', 'There is already a client with this client_id.');
      }
    },

    async find(clientId: string, tx: Knex = db.knex): Promise<Client | undefined> {
      // PostgreSQL text cannot contain NUL, so such an id does not exist.
      if (clientId.includes('\0')) return undefined;
      const { rows } = await db.run<ClientRow>(byId, [clientId], tx);
      return rows[0] && clientFromRow(rows[0]);
    },

    /** In order of their ids; `after` is the last id of the previous page. */
    async list({ after = '', limit }: { after?: string; limit: number }): Promise<Client[]> {
      const { rows } = await db.run<ClientRow>(page, [after, limit]);
      return rows.map(clientFromRow);
    },

    /** False: the client was changed since `before` was read, or deleted. */
    async replace(before: Client, after: ClientValues, at: Date, tx: Knex): Promise<boolean> {
      const { previousSecret: previous } = after;
      const kept = [previous?.hash ?? null, previous?.expiresAt ?? null];
      const values = [before.clientId, ...valuesOf(after), at, ...valuesOf(before), ...kept];
      return (await db.run(replace, values, tx)).rowCount === 1;
    },

    /** Also deletes the consents of users. */
    async remove(clientId: string, tx: Knex): Promise<boolean> {
      const removed: number = await tx('clients').where({ client_id: clientId }).delete();
      return removed === 1;
    },

    /**
     * Stores the policy in clients that were registered before it was part of the metadata. Returns
     * their number, which is zero once all clients have it.
     */
    async settlePkce(isRequired: boolean): Promise<number> {
      return (await db.run(settlePkce, [isRequired])).rowCount;
    },
  };
}

export type ClientStore = ReturnType<typeof createClientStore>;

function valuesOf({ secretHash, firstParty, resources, metadata }: ClientValues): unknown[] {
  return [secretHash ?? null, firstParty, resources, JSON.stringify(metadata)];
}

export function clientFromRow(row: ClientRow): Client {
  const { previous_secret_hash: hash, previous_secret_expires_at: expiresAt } = row;
  return {
    clientId: row.client_id,
    secretHash: row.secret_hash ?? undefined,
    ...(hash !== null && expiresAt !== null ? { previousSecret: { hash, expiresAt } } : {}),
    firstParty: row.first_party,
    resources: row.resources,
    metadata: row.metadata,
    ...(row.access ? { access: row.access } : {}),
    ...(row.origin === 'operator' ? {} : { origin: row.origin }),
    disabledAt: row.disabled_at ?? undefined,
    notBefore: row.not_before ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
