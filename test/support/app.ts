// Starts the whole application in the test's process, on its own port. The server listens first,
// since the issuer contains the port.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe } from 'node:test';
import { createHttpServer } from '#server/http-server.ts';
import { readConfig, type Environment } from '#config/config.ts';
import { createApp } from '#server/app.ts';
import type { Metrics } from '#platform/metrics/metrics.ts';
import { openServices } from '#server/composition.ts';
import { createBrowser } from './actors/cookie-browser.ts';
import {
  createDatabase,
  createDataDirectory,
  createTestLog,
  redisUrl,
} from './services/databases.ts';
import type { CleanUp } from './services/databases.ts';
import { startPatiently } from './services/start-patiently.ts';
import { createRegistrations, type AppFacts } from './data/registrations.ts';
import { createRelyingParty, type AppIdentity } from './actors/relying-party.ts';
import { createHttpClient } from './actors/http-client.ts';

/** The combinations of stores on which the application must behave the same. */
export type Arrangement = 'postgres, redis' | 'postgres, memory' | 'embedded, memory';

/** `describeApp` uses this combination, and with it most suites. */
const usualArrangement: Arrangement = 'postgres, memory';

/** These differ from the usual combination in every store, and together use each of the stores. */
export const arrangements = [
  'postgres, redis',
  'embedded, memory',
] as const satisfies readonly Arrangement[];

export interface AppOptions {
  readonly arrangement?: Arrangement;
  /** Settings by name, as an operator would set them. */
  readonly settings?: Environment;
  /**
   * The host of the issuer: browsers support passkeys for host names only, not for IP addresses.
   */
  readonly host?: 'localhost';
  /** By default, no metrics are kept. */
  readonly metrics?: Metrics | undefined;
}

export type TestApp = Awaited<ReturnType<typeof startTestApp>>;

/** Settings of all test servers: password hashing and similar costs are minimal. */
export const cheapSettings: Environment = {
  NODE_ENV: 'test',
  ARGON2_MEMORY_KIB: '64',
  ARGON2_ITERATIONS: '1',
  ENCRYPTION_KEYS: `test:${keyFrom('encryption').toString('base64')}`,
  COOKIE_KEYS: keyFrom('cookies').toString('base64url'),
  LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
  WORKERS: '1',
  // Rate limits have their own tests; all other tests send requests from one address.
  RATE_LIMITS: 'off',
  FAST_PATH: process.env['TEST_FAST_PATH'] ?? 'on',
};

export async function startTestApp(t: CleanUp, options: AppOptions = {}) {
  const works = collectWorks();
  t.after(works.run);
  const late: { handle?: RequestListener } = {};
  const server = createHttpServer((req, res) => late.handle?.(req, res));
  works.after(async () => server.close().closeAllConnections());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a TCP port
  const issuer = options.settings?.['ISSUER'] ?? `http://${options.host ?? '127.0.0.1'}:${port}`;

  const stores = await openStores(works, options);
  const settings = { ...cheapSettings, ISSUER: issuer, PORT: String(port), ...stores };
  const config = readConfig({ ...settings, ...options.settings });
  const now = () => new Date();
  const kept = options.metrics ? { metrics: options.metrics } : {};
  const services = await startPatiently(() =>
    openServices({ config, log: createTestLog(), now, ...kept }),
  );
  works.after(() => services.close());
  const koa = await createApp({ services, isStopping: () => false });
  const handle = koa.callback();
  late.handle = (req, res) => void handle(req, res);

  const send = createHttpClient(works, issuer, port);
  const registrations = await createRegistrations(services);
  return {
    issuer,
    services,
    send,
    ...registrations,
    browser: () => createBrowser(send, issuer),
    /** For a registered client, or a new one with these properties. */
    async relyingParty(facts: AppFacts = {}) {
      return createRelyingParty({ issuer, send, app: await registrations.createClient(facts) });
    },
    relyingPartyOf: (app: AppIdentity) => createRelyingParty({ issuer, send, app }),
    /** Blocks a user as an operator does. */
    async block(userId: string): Promise<void> {
      const by = { kind: 'operator' } as const;
      await services.blocking.blockUser({ userId, reason: 'a test', by });
    },
  };
}

/**
 * Starts the services that the tests of the declared suite share before the first test, and stops them after
 * the last one. The returned function may be called only inside tests.
 */
export function shareInSuite<Shared extends object>(
  start: (works: CleanUp) => Promise<Shared>,
): () => Shared {
  const works = collectWorks();
  let shared: Shared | undefined;
  before(async () => {
    shared = await start(works);
  });
  after(works.run);
  return () => {
    if (!shared) throw new Error('What a suite shares exists only while its tests run.');
    return shared;
  };
}

/** Runs the suite with its own application. */
export function describeApp(
  rule: string,
  options: AppOptions,
  suite: (app: () => TestApp) => void,
): void {
  describe(rule, () => suite(shareInSuite((works) => startTestApp(works, options))));
}

/** Runs the suite on each store: on PostgreSQL and embedded, with Redis and in memory. */
export function describeOnEachArrangement(
  rule: string,
  suite: (app: () => TestApp) => void,
  settings: Environment = {},
): void {
  for (const arrangement of arrangements) {
    describeApp(`${rule} (${arrangement})`, { arrangement, settings }, suite);
  }
}

async function openStores(
  t: CleanUp,
  { arrangement = usualArrangement }: AppOptions,
): Promise<Environment> {
  if (arrangement === 'embedded, memory') return { DATA_DIRECTORY: await createDataDirectory(t) };
  const database = { DATABASE_URL: settable(await createDatabase(t)) };
  return arrangement === 'postgres, redis' ? { ...database, REDIS_URL: redisUrl() } : database;
}

/** Adds the host that DATABASE_URL requires; a socket directory in the query takes precedence. */
export function settable(databaseUrl: string): string {
  return databaseUrl.replace('@/', '@localhost/');
}

/** Collects clean-up functions and runs them in reverse order. */
export function collectWorks(): CleanUp & { run(): Promise<void> } {
  const works: (() => Promise<void>)[] = [];
  return {
    after: (work) => void works.push(work),
    async run() {
      for (const work of works.splice(0).toReversed()) await work();
    },
  };
}

function keyFrom(purpose: string): Buffer {
  return createHash('sha256').update(purpose).digest();
}
