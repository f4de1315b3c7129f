// Where data is stored.
import { postgresUrl, redisUrl } from '#config/kinds/connection-urls.ts';
import { filePath, matching } from '#config/kinds/text.ts';
import { setting } from '#config/setting.ts';

export const storageSettings = {
  databaseUrl: setting({
    name: 'DATABASE_URL',
    kind: postgresUrl,
    unset: 'an embedded database in the data directory',
    example: 'postgres://ostiary:password@localhost:5432/ostiary',
    requiredInProduction: true,
    text: 'PostgreSQL 15 or newer, which stores all durable data.',
  }),
  migrationDatabaseUrl: setting({
    name: 'MIGRATION_DATABASE_URL',
    kind: postgresUrl,
    unset: '`DATABASE_URL`',
    example: 'postgres://ostiary_owner:password@localhost:5432/ostiary',
    text:
      'The same database, with a user that may change its schema; used for migrations only ' +
      '([least rights](production.md#database-users)).',
  }),
  environmentName: setting({
    name: 'ENVIRONMENT',
    kind: matching(
      /^[a-z][a-z0-9-]{0,62}$/,
      'lower-case letters, digits and hyphens, beginning with a letter',
    ),
    unset: '`production` if `NODE_ENV` is `production`, else `development`',
    example: 'staging',
    text:
      'The environment that the database belongs to. The first start records it; a server or ' +
      'command of another environment is refused ([environments](production.md#environments)).',
  }),
  redisUrl: setting({
    name: 'REDIS_URL',
    kind: redisUrl,
    unset: 'memory of the single process',
    example: 'redis://localhost:6379',
    requiredInProduction: true,
    text:
      'Redis 7 or newer, or Valkey, for short-lived state. Not used if `SHORT_LIVED_STORE` is ' +
      '`postgres`.',
  }),
  dataDirectory: setting({
    name: 'DATA_DIRECTORY',
    kind: filePath,
    default: '.ostiary',
    text:
      'Where the embedded database and generated keys are stored. It must belong to the account ' +
      'that runs Ostiary, and no other may write to it.',
  }),
};
