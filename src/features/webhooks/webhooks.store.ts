// Rows of webhooks. The secrets are stored encrypted.
import type { Knex } from 'knex';
import type { AuditEvent } from '#core/audit/audit.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { isUuid } from '#platform/uuid.ts';
import type {
  DisabledReason,
  Webhook,
  WebhookChanges,
  WebhookSettings,
  WebhookWithSecrets,
} from './webhooks.ts';

interface WebhookRow {
  id: string;
  url: string;
  description: string | null;
  events: AuditEvent[] | null;
  personal_data: boolean;
  secret: string;
  previous_secret: string | null;
  previous_secret_expires_at: Date | null;
  failing_since: Date | null;
  disabled_reason: DisabledReason | null;
  version: number;
  created_at: Date;
}

const columns = `id, url, description, events, personal_data, secret, previous_secret,
  previous_secret_expires_at, failing_since, disabled_reason, version, created_at`;

const find: Statement = {
  name: 'webhook_find',
  text: `select ${columns} from webhooks where id = $1`,
};

// Skips a webhook that is being deleted, so that sealing the audit log waits for no other transaction. The
// lock does not conflict with updates that keep the primary key.
const enabled: Statement = {
  name: 'webhook_enabled',
  text: `
    select id, events
      from webhooks
     where disabled_at is null
       for key share skip locked`,
};

const succeeded: Statement = {
  name: 'webhook_succeeded',
  text: 'update webhooks set failing_since = null where id = $1 and failing_since is not null',
};

const failed: Statement = {
  name: 'webhook_failed',
  text: 'update webhooks set failing_since = $2 where id = $1 and failing_since is null',
};

// Succeeds only if no operator has changed the webhook and no attempt has succeeded meanwhile.
const suspend: Statement = {
  name: 'webhook_suspend',
  text: `
    update webhooks
       set disabled_at = $2, disabled_reason = $3, version = version + 1
     where id = $1 and disabled_at is null and version = $4
       and failing_since is not distinct from coalesce($5::timestamptz, failing_since)`,
};

// One statement contains the condition and keeps the old secret, so that one of two concurrent rotations is
// refused and no returned secret is lost.
const rotate: Statement = {
  name: 'webhook_rotate',
  text: `
    update webhooks
       set secret = $2, version = version + 1,
           previous_secret = case when $3::timestamptz is null then null else secret end,
           previous_secret_expires_at = $3
     where id = $1 and version = $4`,
};

export interface Suspension {
  readonly at: Date;
  readonly reason: DisabledReason;
  /** If given, the webhook must still be failing since then. */
  readonly failingSince?: Date | undefined;
}

export function createWebhookStore(db: Database, now: () => Date) {
  return {
    async find(id: string): Promise<WebhookWithSecrets | undefined> {
      if (!isUuid(id)) return undefined;
      const { rows } = await db.run<WebhookRow>(find, [id]);
      return rows[0] && webhookFromRow(rows[0], now());
    },

    /** The labels of some webhooks, by id; for lists. */
    async labelsOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
      if (ids.length === 0) return new Map();
      const rows: Pick<WebhookRow, 'id' | 'url' | 'description'>[] = await db
        .knex('webhooks')
        .select('id', 'url', 'description')
        .whereIn('id', ids);
      return new Map(rows.map((row) => [row.id, row.description ?? new URL(row.url).host]));
    },

    /** In the order of creation. */
    async list(after: string | undefined, limit: number): Promise<readonly Webhook[]> {
      const query = db.knex('webhooks').select('*').orderBy('id').limit(limit);
      const rows: WebhookRow[] = await (after === undefined
        ? query
        : query.where('id', '>', after));
      return rows.map((row) => webhookFromRow(row, now()));
    },

    /** Locks the webhooks against deletion until the transaction ends. */
    async listEnabled(tx: Knex): Promise<readonly Pick<Webhook, 'id' | 'events'>[]> {
      const { rows } = await db.run<Pick<WebhookRow, 'id' | 'events'>>(enabled, [], tx);
      return rows.map(({ id, events }) => ({ id, events: events ?? undefined }));
    },

    async insert(
      webhook: WebhookSettings & Pick<WebhookWithSecrets, 'id' | 'secret' | 'createdAt'>,
      tx: Knex,
    ): Promise<void> {
      const { id, secret, createdAt: created_at } = webhook;
      await tx('webhooks').insert({ ...columnsOf(webhook), id, secret, created_at });
    },

    /** False when another change came first. */
    async update({ id, version }: Webhook, changes: WebhookChanges, at: Date, tx: Knex) {
      const count: number = await tx('webhooks')
        .where({ id, version })
        .update({ ...columnsOf(changes), ...stateOf(changes, at), version: version + 1 });
      return count === 1;
    },

    /** False when another change came first. */
    async rotate(
      { id, version }: Webhook,
      secret: string,
      previousExpiresAt: Date | undefined,
      tx: Knex,
    ): Promise<boolean> {
      const values = [id, secret, previousExpiresAt ?? null, version];
      return (await db.run(rotate, values, tx)).rowCount === 1;
    },

    async remove(id: string, tx: Knex): Promise<boolean> {
      const count: number = await tx('webhooks').where({ id }).delete();
      return count === 1;
    },

    async markSucceeded({ id }: Webhook): Promise<void> {
      await db.run(succeeded, [id]);
    },

    async markFailed({ id }: Webhook, at: Date): Promise<void> {
      await db.run(failed, [id, at]);
    },

    /** False when it was changed, or succeeded, meanwhile. */
    async suspend(
      { id, version }: Webhook,
      { at, reason, failingSince }: Suspension,
      tx: Knex,
    ): Promise<boolean> {
      const values = [id, at, reason, version, failingSince ?? null];
      return (await db.run(suspend, values, tx)).rowCount === 1;
    },
  };
}

export type WebhookStore = ReturnType<typeof createWebhookStore>;

function columnsOf(settings: WebhookChanges) {
  return {
    ...('url' in settings ? { url: settings.url } : {}),
    ...('description' in settings ? { description: settings.description ?? null } : {}),
    ...('events' in settings ? { events: settings.events ?? null } : {}),
    ...('personalData' in settings ? { personal_data: settings.personalData } : {}),
  };
}

/** Clears the record of failures if an operator enables the webhook or changes its URL. */
function stateOf({ isEnabled, url }: WebhookChanges, at: Date) {
  const fresh = isEnabled === true || url !== undefined ? { failing_since: null } : {};
  if (isEnabled === undefined) return fresh;
  return {
    ...fresh,
    disabled_at: isEnabled ? null : at,
    disabled_reason: isEnabled ? null : 'operator',
  };
}

function webhookFromRow(row: WebhookRow, at: Date): WebhookWithSecrets {
  const expiresAt = row.previous_secret_expires_at;
  const overlaps = expiresAt !== null && expiresAt > at;
  return {
    id: row.id,
    url: row.url,
    description: row.description ?? undefined,
    events: row.events ?? undefined,
    personalData: row.personal_data,
    secret: row.secret,
    previousSecret: overlaps ? (row.previous_secret ?? undefined) : undefined,
    previousSecretExpiresAt: overlaps ? expiresAt : undefined,
    failingSince: row.failing_since ?? undefined,
    disabledReason: row.disabled_reason ?? undefined,
    version: row.version,
    createdAt: row.created_at,
  };
}
