// Copies the embedded database while it is in use. A PostgreSQL server has tools of its own
// (docs/backup.md).
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Config } from '#config/config.ts';
import type { AuditActor } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import { listApplied } from '#platform/database/schema/applied-migrations.ts';
import { AppError } from '#platform/errors.ts';
import { openArchive, sealArchive, type ArchiveHeader } from './archive.ts';
import type { InstallationStore } from './installation.store.ts';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

export interface BackupDependencies {
  readonly config: Pick<Config, 'environmentName' | 'issuer'>;
  readonly version: string;
  readonly db: Database;
  readonly keyring: Keyring;
  readonly installation: InstallationStore;
  readonly audit: Audit;
  readonly now: () => Date;
}

export type Backup = ReturnType<typeof createBackup>;

export function createBackup(dependencies: BackupDependencies) {
  const { config, version, db, keyring, installation, audit, now } = dependencies;
  return {
    /**
     * Returns the archive, which the caller writes to a file.
     * @throws AppError `conflict` for a database on a server
     */
    async create(): Promise<Buffer> {
      if (!db.copyFiles) throw useServerTools('backup', 'pg_dump');
      const createdAt = now();
      const files = await db.copyFiles();
      const content = await compress(Buffer.from(await files.arrayBuffer()));
      const facts = {
        version,
        schema: (await listApplied(db.knex)).at(-1) ?? '',
        environment: config.environmentName,
        issuer: config.issuer,
        created_at: createdAt.toISOString(),
      };
      return sealArchive(facts, content, keyring);
    },
    /** Records that an archive is complete, after it was written. */
    async record(by: AuditActor): Promise<void> {
      await db.transaction(async (tx) => {
        await installation.recordBackup(now(), tx);
        await audit.append({ event: 'backup.created', actor: by }, tx);
      });
    },
  };
}

export interface OpenedArchive {
  readonly header: ArchiveHeader;
  readonly files: Blob;
}

/**
 * Returns the files in an archive, after checking that it fits this installation.
 * @throws AppError `invalid_input` or `conflict`
 */
export async function unpackArchive(
  archive: Buffer,
  {
    config,
    keyring,
    known,
  }: {
    readonly config: Pick<Config, 'environmentName' | 'issuer'>;
    readonly keyring: Keyring;
    /** The migrations that this version knows. */
    readonly known: readonly string[];
  },
): Promise<OpenedArchive> {
  const { header, content } = openArchive(archive, keyring);
  if (!known.includes(header.schema)) {
    throw misfit(`The backup was made by a newer version (${header.version}). Upgrade first.`);
  }
  requireSame('ENVIRONMENT', header.environment, config.environmentName);
  requireSame('ISSUER', header.issuer, config.issuer);
  return { header, files: new Blob([await decompress(content)]) };
}

function requireSame(setting: string, archived: string, own: string): void {
  if (archived === own) return;
  throw misfit(
    `The backup was made with ${setting} ${archived}, but this installation has ${own}.`,
  );
}

function misfit(message: string): AppError {
  return new AppError('conflict', message);
}

export function useServerTools(act: 'backup' | 'restore', tool: string): AppError {
  return new AppError(
    'conflict',
    `DATABASE_URL is set, and this command is for the embedded database: ${act} PostgreSQL with ` +
      `${tool}, see docs/backup.md.`,
  );
}
