// Ory Hydra with a database of its own. It has no users: this file answers for the application that signs
// them in, through the admin API, so that their tokens can be measured.
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { accessTokenSeconds, type Entrant, type PeerContext } from '#bench/load/entrants.ts';
import { ownCoreOf } from '#bench/load/servers.ts';
import { findFreePort } from '#bench/processes.ts';
import { createHttpClient } from '#test/support/actors/http-client.ts';
import type { Pending, RelyingParty } from '#test/support/actors/relying-party.ts';
import { createPeerBrowser } from '#bench/peers/browser.ts';
import { checkTerms } from '#bench/peers/check-terms.ts';
import { createParties, makeClient, preparePeer, type PeerUsers } from '#bench/peers/clients.ts';
import { createHydraAdmin, hydraScope } from './admin.ts';
import type { InstalledHydra } from './install.ts';
import { startServer } from '#bench/peers/process.ts';
import { run } from '#bench/peers/programs.ts';

/** More than connections: a request that waits for a second one of a small pool never ends. */
const databaseConnections = 100;

export async function startHydra(
  { program }: InstalledHydra,
  context: PeerContext,
): Promise<Entrant> {
  const { t, place, people } = context;
  const { issuer, port, cores } = place;
  const internalPort = await findFreePort();
  const env = describeSettings(context, internalPort);
  const cwd = dirname(program);
  await run(program, ['migrate', 'sql', 'up', '--read-from-env', '--yes'], { cwd, env });
  const readyUrl = `http://localhost:${internalPort}/health/ready`;
  const args = ['serve', 'all', '--dev', '--sqa-opt-out'];
  const pid = await startServer(t, { program, args, cwd, env, cores, readyUrl });

  const admin = createHydraAdmin(`http://localhost:${internalPort}`);
  const clients = {
    apps: { opaque: makeClient('app-opaque'), jwt: makeClient('app-jwt') },
    services: { opaque: makeClient('service-opaque'), jwt: makeClient('service-jwt') },
  };
  await admin.replaceKeys();
  await admin.createClients(clients);
  const send = createHttpClient(t, issuer, port);
  const users: PeerUsers = {
    people,
    clients,
    parties: await createParties(issuer, send, clients),
    browsers: [],
    parameters: { scope: hydraScope },
    introspectionPath: '/admin/oauth2/introspect',
    authorize,
  };
  await checkTerms(users, 'opaque');
  await checkTerms(users, 'jwt');
  return {
    server: { name: 'hydra', pid, port, internalPort, issuer, core: ownCoreOf(cores) },
    prepare: (flow) => preparePeer(users, flow),
  };

  async function authorize(party: RelyingParty, pending: Pending, user: number) {
    const browser = createPeerBrowser(send, issuer);
    const login = await browser.open(pending.url);
    const loginChallenge = login.url.searchParams.get('login_challenge') ?? '';
    const subject = people[user]?.id ?? '';
    const consent = await browser.open(await admin.acceptLogin(loginChallenge, subject));
    const consentChallenge = consent.url.searchParams.get('consent_challenge') ?? '';
    return party.receive(await browser.open(await admin.acceptConsent(consentChallenge)), pending);
  }
}

/** Environment variables, because other users of the machine could see arguments. */
function describeSettings({ databaseUrl, place }: PeerContext, internalPort: number) {
  const database = new URL(databaseUrl);
  database.searchParams.set('sslmode', 'disable');
  database.searchParams.set('max_conns', String(databaseConnections));
  // By default, Hydra would close most of them after each request.
  database.searchParams.set('max_idle_conns', String(databaseConnections));
  return {
    DSN: database.href,
    SERVE_PUBLIC_HOST: '127.0.0.1',
    SERVE_PUBLIC_PORT: String(place.port),
    SERVE_ADMIN_HOST: '127.0.0.1',
    SERVE_ADMIN_PORT: String(internalPort),
    URLS_SELF_ISSUER: place.issuer,
    // The browser stops there: it is another origin.
    URLS_LOGIN: 'https://login.example/login',
    URLS_CONSENT: 'https://login.example/consent',
    SECRETS_SYSTEM: randomBytes(32).toString('hex'),
    TTL_ACCESS_TOKEN: `${accessTokenSeconds}s`,
    // Without a log line for each request.
    LOG_LEVEL: 'warn',
    // Sends no usage data to the vendor.
    SQA_OPT_OUT: 'true',
  };
}
