// Where data is stored.
import { postgresUrl, redisUrl } from '#config/kinds/connection-urls.ts';
import { matching } from '#config/kinds/text.ts';
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
    kind: matching(/^[^\0]{1,1024}$/, 'a path'),
    default: '.ostiary',
    text:
      'Where the embedded database and generated keys are stored. It must belong to the account ' +
      'that runs Ostiary, and no other may write to it.',
  }),
};
