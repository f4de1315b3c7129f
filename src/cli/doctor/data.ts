// Checks the database, external or embedded, and the keys that decrypt its data.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isAppError, type AppError } from '#platform/errors.ts';
import type { Config } from '#config/config.ts';
import { completeKeys } from '#config/development-keys.ts';
import { openEmbedded } from '#platform/database/embedded-postgres.ts';
import type { Log } from '#platform/logging/log.ts';
import { connectPostgres, type Database } from '#platform/database/postgres.ts';
import { showPostgresUrl } from '#config/kinds/connection-urls.ts';
import { describeFailure } from '#cli/framework/failures.ts';
import { OtherVersion, runRemotely } from '#cli/remote.ts';
import { version } from '#cli/version.ts';
import { inspectClients } from './clients.ts';
import { inspectConnections } from './connections.ts';
import type { Finding } from './findings.ts';
import { createKeyring } from '#platform/crypto/encryption.ts';
import { createClusterSettings } from '#features/cluster-settings/cluster-settings.service.ts';
import { createClusterSettingStore } from '#features/cluster-settings/cluster-settings.store.ts';
import { inspectSharedSettings } from './cluster-settings.ts';
import { inspectBackup, inspectDatabaseUser, inspectEnvironment } from './installation.ts';
import { inspectEncryptionKeys } from './keys/encryption-keys.ts';
import { inspectKeyAges, inspectSigningKeys } from './keys/signing-keys.ts';
import { inspectClock, inspectMigrations, inspectServer } from './tables.ts';
import { describeVersions, inspectVersions } from './versions.ts';

export interface Inspection {
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Date;
}

export async function inspectData(inspection: Inspection): Promise<Finding[]> {
  const { config } = inspection;
  return config.databaseUrl === undefined
    ? inspectEmbedded(inspection)
    : inspectPostgres(inspection, config.databaseUrl);
}

async function inspectPostgres(inspection: Inspection, url: string): Promise<Finding[]> {
  try {
    const db = await connectPostgres({ url, log: inspection.log, poolSize: 1 });
    return await inspectOpen(db, inspection, showPostgresUrl(url));
  } catch (error) {
    const { message } = describeFailure(error);
    const next = 'Check that PostgreSQL is running and that DATABASE_URL is correct.';
    return [{ check: 'database', state: 'fail', message, next }];
  }
}

async function inspectEmbedded(inspection: Inspection): Promise<Finding[]> {
  const check = 'database';
  const { dataDirectory: directory } = inspection.config;
  if (!existsSync(join(directory, 'database'))) {
    const message = `There is no embedded database in ${directory} yet.`;
    return [{ check, state: 'ok', message, next: 'The first start creates it: npm start.' }];
  }
  try {
    const db = await openEmbedded({ directory, log: inspection.log });
    return await inspectOpen(db, inspection, `embedded in ${directory}`);
  } catch (error) {
    const isHeld = isAppError(error, 'conflict');
    if (isHeld) return inspectHolder(directory, error);
    const next = 'Restore the data directory from a backup, or start with an empty one.';
    return [{ check, state: 'fail', message: describeFailure(error).message, next }];
  }
}

/** A responding server has migrated the tables and decrypted the keys at its start. */
async function inspectHolder(directory: string, held: AppError): Promise<Finding[]> {
  const check = 'database';
  const message = 'The embedded database is in use by the running server, which responds.';
  const inUse: Finding = { check, state: 'ok', message };
  try {
    const request = { argv: ['key', 'list'], inputs: { files: {} } };
    const reply = await runRemotely(directory, request, async () => undefined);
    if (reply?.exitCode === 0) return [inUse, ...describeVersions([version])];
  } catch (error) {
    if (error instanceof OtherVersion) return [inUse, ...describeVersions([error.running])];
    return [{ check, state: 'warn', message: describeFailure(error).message }];
  }
  const next = 'Wait until that process has started or exited.';
  return [{ check, state: 'warn', message: held.message, next }];
}

async function inspectOpen(
  db: Database,
  inspection: Inspection,
  place: string,
): Promise<Finding[]> {
  try {
    const { finding, applied } = await inspectMigrations(db);
    const knowsNodes = applied.includes('0005-shared-settings');
    const knowsKeys = applied.includes('0031-key-rotation');
    return [
      await inspectServer(db, place),
      ...(db.kind === 'embedded' ? [] : await inspectProcesses(db, inspection)),
      finding,
      await inspectClock(db, inspection.now),
      ...(applied.includes('0033-installation') ? await inspectInstallation(db, inspection) : []),
      ...(knowsKeys ? await inspectKeys(db, inspection) : []),
      ...(applied.length > 0 ? [await inspectClients(db)] : []),
      ...(knowsNodes ? await inspectNodes(db, inspection) : []),
    ];
  } finally {
    await db.close();
  }
}

/** Checks that matter if several processes share a database server. */
async function inspectProcesses(db: Database, { config }: Inspection): Promise<Finding[]> {
  return [await inspectConnections(db, config), ...(await inspectVersions(db))];
}

async function inspectInstallation(db: Database, { config, now }: Inspection): Promise<Finding[]> {
  return [
    await inspectEnvironment(db, config),
    ...(db.kind === 'embedded' ? [] : [await inspectDatabaseUser(db, config)]),
    await inspectBackup(db, now),
  ];
}

async function inspectKeys(db: Database, { config, now }: Inspection): Promise<Finding[]> {
  const { encryptionKeys } = (await withKeys(config)) ?? config;
  return [
    await inspectSigningKeys(db, encryptionKeys),
    await inspectKeyAges(db, { config, now }),
    await inspectEncryptionKeys(db, { encryptionKeys, now }),
  ];
}

async function inspectNodes(db: Database, inspection: Inspection): Promise<Finding[]> {
  const config = await withKeys(inspection.config);
  if (!config) return [];
  const keyring = createKeyring(config.encryptionKeys);
  const store = createClusterSettingStore(db);
  const shared = createClusterSettings({ ...inspection, config, db, keyring, store });
  return [await inspectSharedSettings(shared)];
}

/** The keys that the server would use, without generating any; `undefined` if they do not exist yet. */
async function withKeys(config: Config): Promise<Config | undefined> {
  const isComplete = config.encryptionKeys.length > 0 && config.cookieKeys.length > 0;
  const isKept = existsSync(join(config.dataDirectory, 'keys.json'));
  return isComplete || isKept ? completeKeys(config) : undefined;
}
