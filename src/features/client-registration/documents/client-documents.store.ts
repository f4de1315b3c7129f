// When the metadata document of a client was fetched. Its metadata is that of the client.
import type { Knex } from 'knex';
import type { Database } from '#platform/database/postgres.ts';

export interface DocumentTimes {
  readonly fetchedAt: Date;
  readonly freshUntil: Date;
}

export function createClientDocumentStore(db: Database) {
  return {
    async find(clientId: string): Promise<DocumentTimes | undefined> {
      const rows: { fetched_at: Date; fresh_until: Date }[] = await db
        .knex('client_documents')
        .select('fetched_at', 'fresh_until')
        .where({ client_id: clientId });
      return rows[0] && { fetchedAt: rows[0].fetched_at, freshUntil: rows[0].fresh_until };
    },

    async save(
      clientId: string,
      { fetchedAt, freshUntil }: DocumentTimes,
      tx: Knex = db.knex,
    ): Promise<void> {
      await tx('client_documents')
        .insert({ client_id: clientId, fetched_at: fetchedAt, fresh_until: freshUntil })
        .onConflict('client_id')
        .merge();
    },
  };
}

export type ClientDocumentStore = ReturnType<typeof createClientDocumentStore>;
