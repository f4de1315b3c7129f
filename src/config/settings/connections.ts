// How a process uses the stores: number and kind of the connections, and where short-lived state is.
import { wholeNumber } from '#config/kinds/numbers.ts';
import { choice } from '#config/kinds/text.ts';
import { setting } from '#config/setting.ts';

export const connectionSettings = {
  databasePoolSize: setting({
    name: 'DATABASE_POOL_SIZE',
    kind: wholeNumber({ min: 2, max: 100, unit: 'connections' }),
    default: 8,
    text:
      'Connections of one process to PostgreSQL. A quarter of them, at most two, is opened in addition and ' +
      'reserved for introspection. A serverless function answers one request at a time and needs 2.',
  }),
  databasePooler: setting({
    name: 'DATABASE_POOLER',
    kind: choice('none', 'transaction'),
    default: 'none',
    text:
      'Whether a connection pooler stands before PostgreSQL. ' +
      '`transaction`: `DATABASE_URL` leads to a pooler that may use another connection for each transaction, ' +
      'such as RDS Proxy or PgBouncer. Nothing is then kept in a session: no named prepared statements, no ' +
      'parameters of the connection, no LISTEN ([serverless](serverless.md#rds-proxy)).',
  }),
  shortLivedStore: setting({
    name: 'SHORT_LIVED_STORE',
    kind: choice('redis', 'postgres'),
    unset: '`redis` with `REDIS_URL`, otherwise the memory of the single process',
    example: 'redis',
    text:
      'Where state that expires within hours is kept. `postgres`: in the database, so that several ' +
      'processes or functions share it without Redis, at the price of more statements per sign-in ' +
      '([serverless](serverless.md#without-redis)).',
  }),
};
