// The key of pairwise subject identifiers: one row, written once. It is encrypted, and encrypted
// again when the encryption keys change.
import type { Database } from '#platform/database/postgres.ts';

/** Binds the encrypted key to its row. */
export const subjectKeyContext = 'subject key';

export function createSubjectKeyStore(db: Database) {
  return {
    async find(): Promise<string | undefined> {
      const row: { sealed: string } | undefined = await db
        .knex('subject_key')
        .first<{ sealed: string } | undefined>('sealed');
      return row?.sealed;
    },
    /** If several nodes write at the same time, the first one wins. */
    async insertIfNone(sealed: string, at: Date): Promise<void> {
      await db
        .knex('subject_key')
        .insert({ sealed, created_at: at })
        .onConflict('only_row')
        .ignore();
    },
  };
}

export type SubjectKeyStore = ReturnType<typeof createSubjectKeyStore>;
