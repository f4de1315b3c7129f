// Keycloak as its documentation recommends for production, with a database of its own and signed-in users.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Entrant, PeerContext } from '#bench/load/entrants.ts';
import { ownCoreOf } from '#bench/load/servers.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import { createHttpClient } from '#test/support/actors/http-client.ts';
import type { Pending, RelyingParty } from '#test/support/actors/relying-party.ts';
import { createPeerBrowser } from '#bench/peers/browser.ts';
import { checkTerms } from '#bench/peers/check-terms.ts';
import { createParties, makeClient, preparePeer, type PeerUsers } from '#bench/peers/clients.ts';
import { installedOptions, type InstalledKeycloak } from './install.ts';
import { describeRealm, realmName } from './realm.ts';
import { startServer } from '#bench/peers/process.ts';

/** The client of the admin API that Keycloak creates at its first start. */
interface Admin {
  readonly clientId: string;
  readonly secret: string;
}

export async function startKeycloak(
  installed: InstalledKeycloak,
  context: PeerContext,
): Promise<Entrant> {
  const { t, place, people } = context;
  const { issuer: origin, port, cores } = place;
  const admin = { clientId: 'bench-admin', secret: randomBytes(24).toString('hex') };
  const pid = await startServer(t, {
    program: join(installed.home, 'bin/kc.sh'),
    args: ['start', '--optimized'],
    cwd: installed.home,
    env: describeSettings(installed, context, admin),
    cores,
    readyUrl: `${origin}/realms/master`,
  });
  const [app, service] = [makeClient('app'), makeClient('service')];
  const clients = { apps: { opaque: app, jwt: app }, services: { opaque: service, jwt: service } };
  await createRealm(origin, admin, describeRealm({ app, service }, people));
  const issuer = `${origin}/realms/${realmName}`;
  const send = createHttpClient(t, issuer, port);
  const parties = await createParties(issuer, send, clients);
  const browsers = people.map(() => createPeerBrowser(send, issuer));
  const users: PeerUsers = { people, clients, parties, browsers, authorize };
  for (const user of people.keys()) await signIn(users, user);
  await checkTerms(users, 'jwt');
  return {
    server: {
      name: 'keycloak',
      pid,
      port,
      issuer,
      core: ownCoreOf(cores),
    },
    prepare: (flow) => preparePeer(users, flow),
  };

  async function authorize(party: RelyingParty, pending: Pending, user: number) {
    return party.receive(await browserOf(browsers, user).open(pending.url), pending);
  }
}

/** Environment variables, because other users of the machine could see arguments. */
function describeSettings(
  { java }: InstalledKeycloak,
  { databaseUrl, place }: PeerContext,
  admin: Admin,
) {
  const { host, pathname, username, password } = new URL(databaseUrl);
  return {
    ...installedOptions,
    JAVA_HOME: java.home,
    // Enough for the load, and never resized.
    JAVA_OPTS_KC_HEAP: '-Xms1g -Xmx1g',
    KC_DB_URL: `jdbc:postgresql://${host}${pathname}`,
    KC_DB_USERNAME: username,
    KC_DB_PASSWORD: password,
    KC_HTTP_ENABLED: 'true',
    KC_HTTP_HOST: '127.0.0.1',
    KC_HTTP_PORT: String(place.port),
    KC_HOSTNAME: place.issuer,
    // Without a log line for each request.
    KC_LOG_LEVEL: 'warn',
    KC_BOOTSTRAP_ADMIN_CLIENT_ID: admin.clientId,
    KC_BOOTSTRAP_ADMIN_CLIENT_SECRET: admin.secret,
  };
}

async function createRealm(origin: string, { clientId, secret }: Admin, realm: object) {
  const granted = await fetch(`${origin}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  if (!granted.ok) throw new Error(`No token for the admin client: ${await granted.text()}`);
  const { access_token: token } = (await granted.json()) as { access_token: string }; // RFC 6749 §5.1
  const created = await fetch(`${origin}/admin/realms`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(realm),
  });
  if (!created.ok) throw new Error(`The realm was not created: ${await created.text()}`);
}

async function signIn({ people, parties, browsers }: PeerUsers, user: number): Promise<void> {
  const pending = await parties.jwt.request();
  const page = await browserOf(browsers, user).open(pending.url);
  const { email: username = '', password = '' } = people[user] ?? {};
  parties.jwt.receive(await page.press('kc-login', { username, password }), pending);
}

function browserOf(browsers: readonly Browser[], user: number): Browser {
  const browser = browsers[user];
  if (!browser) throw new RangeError(`User ${user} not found.`);
  return browser;
}
