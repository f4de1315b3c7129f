// The row about the installation: its last backup and its last restoration. Its environment is read
// in platform/database/schema/environment.ts, before any service exists.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';

const read: Statement = {
  name: 'installation',
  text: 'select environment, last_backup_at, restored_at from installation',
};

const recordBackup: Statement = {
  name: 'installation_backup',
  text: 'update installation set last_backup_at = $1',
};

const recordRestoration: Statement = {
  name: 'installation_restoration',
  text: 'update installation set restored_at = $1',
};

export interface Installation {
  readonly environment: string | undefined;
  readonly lastBackupAt: Date | undefined;
  readonly restoredAt: Date | undefined;
}

interface InstallationRow {
  environment: string | null;
  last_backup_at: Date | null;
  restored_at: Date | null;
}

export function createInstallationStore(db: Database) {
  return {
    async read(): Promise<Installation> {
      const { rows } = await db.run<InstallationRow>(read, []);
      const [row] = rows;
      return {
        environment: row?.environment ?? undefined,
        lastBackupAt: row?.last_backup_at ?? undefined,
        restoredAt: row?.restored_at ?? undefined,
      };
    },
    async recordBackup(at: Date, tx: Knex): Promise<void> {
      await db.run(recordBackup, [at], tx);
    },
    async recordRestoration(at: Date, tx: Knex): Promise<void> {
      await db.run(recordRestoration, [at], tx);
    },
  };
}

export type InstallationStore = ReturnType<typeof createInstallationStore>;
