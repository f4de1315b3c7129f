// A browser whose user is signed in to clients of every kind, for requests that are sent with and without
// the fast path.
import type { TestApp } from '#test/support/app.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import type { Parameters, Person } from '#test/support/actors/relying-party.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import type { AppFacts, RegisteredApp } from '#test/support/data/registrations.ts';
import { replaceMetadata } from '#test/support/steps/client-registration.ts';
import { usualDraft, type Draft } from './drafts.ts';

export type Visit = Awaited<ReturnType<typeof createVisit>>;

const basic = { auth: 'client_secret_basic' } as const;
const organization = 'stark';
const outside = 'hooli';

/** Clients to which the user is signed in, and which may send the usual request. */
const usual: Readonly<Record<string, AppFacts>> = {
  confidential: basic,
  public: {},
  'with a key': { auth: 'private_key_jwt' },
  'of the operator': { ...basic, first_party: true },
  'in a browser': { profile: 'spa' },
  basic: { ...basic, profile: 'oidc-basic' },
  'with pairwise subjects': { ...basic, subject_type: 'pairwise' },
  'with claims in the ID token': { ...basic, id_token_claims: 'all' },
  'that needs the time': { ...basic, require_auth_time: true },
  'with a maximum age': { ...basic, default_max_age: 86_400 },
  'with a level': { ...basic, default_acr_values: ['urn:ostiary:acr:password'] },
  'with a limited scope': { ...basic, scope: 'openid email profile read' },
  'without refresh tokens': { ...basic, grant_types: ['authorization_code'] },
  'with a query in its URI': {
    ...basic,
    redirect_uris: ['https://rp.example/cb?state=x&code=y&a='],
  },
  'with brackets in its URI': { ...basic, redirect_uris: ["https://rp.example/c[1]'(x)"] },
  'with several URIs': {
    ...basic,
    redirect_uris: ['https://rp.example/cb', 'https://rp.example/d'],
  },
  'without PKCE': { ...basic, require_pkce: 'off' },
  'with a nonce instead of PKCE': { ...basic, require_pkce: false },
  'with a logout endpoint': { ...basic, backchannel_logout_uri: 'https://rp.example/out' },
  'that members may use': basic,
  'of DPoP': { ...basic, dpop_bound_access_tokens: true },
};

/**
 * Clients to which the user is signed in, but whose requests are left to oidc-provider: it asks the user about
 * a native app each time, and Koa encodes unusual URIs.
 */
const leftToOthers: Readonly<Record<string, AppFacts>> = {
  'with a bar in its URI': { ...basic, redirect_uris: ['https://rp.example/c|b'] },
  'with a percent sign in its URI': { ...basic, redirect_uris: ['https://rp.example/c%zz%'] },
  'with markup in its URI': { ...basic, redirect_uris: ['https://rp.example/cb?a=<b>&"c\'`{}^'] },
  'with Unicode in its URI': {
    ...basic,
    redirect_uris: ['https://rp.example/ä?ö=ü'],
  },
  native: { profile: 'native', redirect_uris: ['http://127.0.0.1/cb'] },
  'with a private scheme': { profile: 'native', redirect_uris: ['com.example.app:/cb'] },
};

/** Clients that must be left to oidc-provider. */
const unusual: Readonly<Record<string, AppFacts>> = {
  'to which the user never signed in': basic,
  'of the FAPI profile': { auth: 'private_key_jwt', profile: 'fapi2' },
  'that signs messages': { auth: 'private_key_jwt', profile: 'fapi2-message-signing' },
  'that pushes requests': { ...basic, require_pushed_authorization_requests: true },
  'that signs requests': { auth: 'private_key_jwt', require_signed_request_object: true },
  'that asks every time': { ...basic, default_max_age: 0 },
  'with another level': { ...basic, default_acr_values: ['urn:ostiary:acr:two-factor'] },
  'with fewer scopes': { ...basic, scope: 'openid' },
  'of a service': {
    ...basic,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  },
};

export async function createVisit(app: TestApp) {
  const apis = {
    one: await app.createApi({ audience: 'https://one.example/api' }),
    two: await app.createApi({ audience: 'https://two.example/API' }),
    /** The only one with its scope. */
    orders: await app.createApi({ audience: 'https://orders.example', scopes: ['orders'] }),
  };
  const person = await createMember(app);
  const browser = app.browser();
  const visitor = { browser, person };
  const clients = await createAllowed(app, usual, visitor);
  const others = {
    ...(await createEach(app, unusual)),
    ...(await createAllowed(app, leftToOthers, visitor)),
    ...(await createRefused(app, browser, person)),
  };
  const [web] = Object.values(clients);
  if (!web) throw new TypeError('The usual client is missing.');
  const ofWeb = { app, client: web, ...visitor };
  await allow(ofWeb, { scope: 'openid read', resource: apis.one.audience });
  await allow(ofWeb, { scope: 'orders', nonce: undefined });
  await limitToMembers(app, clients['that members may use']);
  const rp = await app.relyingPartyOf(web);
  const { idToken } = await rp.login(person, {}, browser);
  const url = new URL(rp.as.authorization_endpoint ?? '');
  const draft = (client = web): Draft => usualDraft(client, browser.cookies.header(url));
  return { apis, person, browser, clients, others, idToken, organization, outside, draft };
}

async function createMember(app: TestApp): Promise<Person> {
  const { done } = createCommandRunner(app.services);
  const person = await app.createUser({ email: 'ann@example.com', claims: { name: 'Ann' } });
  await done(['organization', 'create', organization]);
  await done(['organization', 'create', outside]);
  await done(['organization', 'add-member', organization, '--user', person.email]);
  return person;
}

async function limitToMembers({ services }: TestApp, client: RegisteredApp | undefined) {
  const { done } = createCommandRunner(services);
  const allowed = ['--allow-organization', organization];
  await done(['client', 'access', client?.clientId ?? '', ...allowed]);
}

type Clients = Readonly<Record<string, RegisteredApp>>;

async function createEach(
  app: TestApp,
  facts: Readonly<Record<string, AppFacts>>,
): Promise<Clients> {
  const clients: Record<string, RegisteredApp> = {};
  for (const [name, each] of Object.entries(facts)) clients[name] = await app.createClient(each);
  return clients;
}

interface Visitor {
  readonly browser: Browser;
  readonly person: Person;
}

/** Signs the user in to each client and allows it the usual scopes. */
async function createAllowed(
  app: TestApp,
  facts: Readonly<Record<string, AppFacts>>,
  { browser, person }: Visitor,
) {
  const clients = await createEach(app, facts);
  const scope = 'openid email profile';
  for (const client of Object.values(clients)) {
    await allow({ app, client, browser, person }, { scope });
  }
  return clients;
}

interface Allowing extends Visitor {
  readonly app: TestApp;
  readonly client: RegisteredApp;
}

/** Signs in, if the user is not signed in, and allows the client what it requests. */
async function allow({ app, client, browser, person }: Allowing, parameters: Parameters) {
  const rp = await app.relyingPartyOf(client);
  const { url } = await rp.request(parameters);
  const page = await rp.passPages(await browser.open(url), person);
  if (!page.left) throw new Error(`The client received no code: ${page.text}`);
}

/** Clients to which the user consented, but whose usual request is refused or must ask the user. */
async function createRefused(app: TestApp, browser: Browser, person: Person): Promise<Clients> {
  const names = ['blocked', 'deleted', 'that others may use', 'without codes', 'partly allowed'];
  const clients = await createEach(app, Object.fromEntries(names.map((name) => [name, basic])));
  for (const [name, client] of Object.entries(clients)) {
    const scope = name === 'partly allowed' ? 'openid' : 'openid email';
    await allow({ app, client, browser, person }, { scope });
  }
  const { services } = app;
  const { done } = createCommandRunner(services);
  const idOf = (name: string) => clients[name]?.clientId ?? '';
  await services.blocking.blockClient(idOf('blocked'), { kind: 'operator' });
  await done(['client', 'delete', idOf('deleted'), '--yes']);
  await done(['group', 'create', 'Insiders']);
  await done(['client', 'access', idOf('that others may use'), '--allow-group', 'Insiders']);
  const { metadata = {} } = clients['without codes'] ?? {};
  await replaceMetadata(app, idOf('without codes'), {
    ...metadata,
    grant_types: ['refresh_token'],
    response_types: [],
  });
  return clients;
}
