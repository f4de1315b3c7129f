// API resources, the audiences of access tokens (RFC 8707).
import type { Knex } from 'knex';
import { AppError } from '#platform/errors.ts';
import type { DetailType } from './authorization-details/detail-types.ts';
import type { AccessTokenFormat, ApiResource } from './clients.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';

interface ApiResourceRow {
  audience: string;
  scopes: string[];
  access_token_format: AccessTokenFormat;
  access_token_seconds: number | null;
  requires_permission: boolean;
  revocable: boolean;
  authorization_details_types: DetailType[];
}

const columns = `
  audience, scopes, access_token_format, access_token_seconds, requires_permission, revocable,
  authorization_details_types`;

const byAudience: Statement = {
  name: 'api_resource_by_audience',
  text: `select ${columns} from api_resources where audience = $1`,
};

const all: Statement = {
  name: 'api_resources',
  text: `select ${columns} from api_resources order by audience`,
};

const ensure: Statement = {
  name: 'api_resource_ensure',
  text: `
    insert into api_resources
      (audience, scopes, access_token_format, access_token_seconds, created_at)
    values ($1, $2, $3, $4, $5)
    on conflict (audience) do update
       set scopes = excluded.scopes
     where api_resources.scopes is distinct from excluded.scopes`,
};

// Refused if the API was changed since it was read, so that concurrent changes cannot overwrite each
// other.
const replace: Statement = {
  name: 'api_resource_replace',
  text: `
    update api_resources
       set scopes = $2, access_token_format = $3, access_token_seconds = $4, requires_permission = $5,
           revocable = $6, authorization_details_types = $7::json
     where audience = $1
       and scopes = $8
       and access_token_format = $9
       and access_token_seconds is not distinct from $10
       and requires_permission = $11
       and revocable = $12
       and authorization_details_types::text = $13`,
};

// Changes of types are rare, so they can be serialized.
const lockTypes: Statement = {
  name: 'api_resource_lock_types',
  text: `select pg_advisory_xact_lock(hashtextextended('authorization details types', 0))`,
};

const otherOwner: Statement = {
  name: 'api_resource_of_detail_type',
  text: `
    select r.audience, t ->> 'type' as type
      from api_resources r, json_array_elements(r.authorization_details_types) t
     where r.audience <> $1 and t ->> 'type' = any ($2)
     order by r.audience
     limit 1`,
};

export function createApiResourceStore(db: Database) {
  return {
    /** @throws AppError `conflict` when the audience is taken; the transaction remains usable */
    async insert(resource: ApiResource, at: Date, tx: Knex = db.knex): Promise<void> {
      const inserted: unknown[] = await tx('api_resources')
        .insert({
          audience: resource.audience,
          scopes: resource.scopes,
          access_token_format: resource.accessTokenFormat,
          access_token_seconds: resource.accessTokenSeconds ?? null,
          requires_permission: resource.requiresPermission ?? false,
          authorization_details_types: JSON.stringify(resource.detailTypes ?? []),
          revocable: resource.revocable ?? false,
          created_at: at,
        })
        .onConflict('audience')
        .ignore()
        .returning('audience');
      if (inserted.length === 0) {
        throw new AppError('conflict', 'There is already an API with this audience.');
      }
    },

    /** Creates the built-in API resource, or updates it to the scopes of this version. */
    async ensure(resource: ApiResource, at: Date): Promise<void> {
      const { audience, scopes, accessTokenFormat, accessTokenSeconds } = resource;
      await db.run(ensure, [audience, scopes, accessTokenFormat, accessTokenSeconds ?? null, at]);
    },

    /** False: the API was changed since `before` was read, or deleted. */
    async replace(before: ApiResource, after: ApiResource, tx: Knex): Promise<boolean> {
      const values = [before.audience, ...valuesOf(after), ...valuesOf(before)];
      return (await db.run(replace, values, tx)).rowCount === 1;
    },

    /**
     * Another API that already defines one of these types of authorization details. Concurrent callers wait
     * until the transaction ends, so a free type cannot be taken twice.
     */
    async findOtherOwner(
      { audience, detailTypes = [] }: ApiResource,
      tx: Knex,
    ): Promise<{ readonly audience: string; readonly type: string } | undefined> {
      await db.run(lockTypes, [], tx);
      const types = detailTypes.map(({ type }) => type);
      const { rows } = await db.run<{ audience: string; type: string }>(
        otherOwner,
        [audience, types],
        tx,
      );
      return rows[0];
    },

    async remove(audience: string, tx: Knex): Promise<boolean> {
      const removed: number = await tx('api_resources').where({ audience }).delete();
      return removed === 1;
    },

    async find(audience: string, tx?: Knex): Promise<ApiResource | undefined> {
      // PostgreSQL text cannot contain NUL, so such an audience does not exist.
      if (audience.includes('\0')) return undefined;
      const { rows } = await db.run<ApiResourceRow>(byAudience, [audience], tx);
      return rows[0] && resourceFromRow(rows[0]);
    },

    /** All API resources, which are few, because operators create them one by one. */
    async list(): Promise<ApiResource[]> {
      const { rows } = await db.run<ApiResourceRow>(all, []);
      return rows.map(resourceFromRow);
    },
  };
}

export type ApiResourceStore = ReturnType<typeof createApiResourceStore>;

function valuesOf(resource: ApiResource): unknown[] {
  const { scopes, accessTokenFormat, accessTokenSeconds, requiresPermission, revocable } = resource;
  const switches = [requiresPermission ?? false, revocable ?? false];
  const types = JSON.stringify(resource.detailTypes ?? []);
  return [scopes, accessTokenFormat, accessTokenSeconds ?? null, ...switches, types];
}

function resourceFromRow(row: ApiResourceRow): ApiResource {
  return {
    audience: row.audience,
    scopes: row.scopes,
    accessTokenFormat: row.access_token_format,
    accessTokenSeconds: row.access_token_seconds ?? undefined,
    ...(row.requires_permission ? { requiresPermission: true } : {}),
    ...(row.authorization_details_types.length > 0
      ? { detailTypes: row.authorization_details_types }
      : {}),
    ...(row.revocable ? { revocable: true } : {}),
  };
}
