// The APIs that access tokens are made for (RFC 8707).
import type { Knex } from 'knex';
import { AppError } from '#platform/errors.ts';
import type { AccessTokenFormat, ApiResource } from './clients.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';

interface ApiResourceRow {
  audience: string;
  scopes: string[];
  access_token_format: AccessTokenFormat;
  access_token_seconds: number | null;
}

const columns = 'audience, scopes, access_token_format, access_token_seconds';

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
    insert into api_resources (${columns}, created_at)
    values ($1, $2, $3, $4, $5)
    on conflict (audience) do update
       set scopes = excluded.scopes
     where api_resources.scopes is distinct from excluded.scopes`,
};

export function createApiResourceStore(db: Database) {
  return {
    /** @throws AppError `conflict` when the audience is taken; the transaction can go on. */
    async insert(resource: ApiResource, at: Date, tx: Knex = db.knex): Promise<void> {
      const inserted: unknown[] = await tx('api_resources')
        .insert({
          audience: resource.audience,
          scopes: resource.scopes,
          access_token_format: resource.accessTokenFormat,
          access_token_seconds: resource.accessTokenSeconds ?? null,
          created_at: at,
        })
        .onConflict('audience')
        .ignore()
        .returning('audience');
      if (inserted.length === 0) {
        throw new AppError('conflict', 'There is already an API with this audience.');
      }
    },

    /** For the API that always exists: made once, and brought the scopes of a newer version. */
    async ensure(resource: ApiResource, at: Date): Promise<void> {
      const { audience, scopes, accessTokenFormat, accessTokenSeconds } = resource;
      await db.run(ensure, [audience, scopes, accessTokenFormat, accessTokenSeconds ?? null, at]);
    },

    async find(audience: string): Promise<ApiResource | undefined> {
      // PostgreSQL knows no NUL: such an audience comes from outside and names nothing.
      if (audience.includes('\0')) return undefined;
      const { rows } = await db.run<ApiResourceRow>(byAudience, [audience]);
      return rows[0] && resourceFromRow(rows[0]);
    },

    /** All there are: operators write them by hand, so they are few. */
    async list(): Promise<ApiResource[]> {
      const { rows } = await db.run<ApiResourceRow>(all, []);
      return rows.map(resourceFromRow);
    },
  };
}

export type ApiResourceStore = ReturnType<typeof createApiResourceStore>;

function resourceFromRow(row: ApiResourceRow): ApiResource {
  return {
    audience: row.audience,
    scopes: row.scopes,
    accessTokenFormat: row.access_token_format,
    accessTokenSeconds: row.access_token_seconds ?? undefined,
  };
}
