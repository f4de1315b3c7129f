// Every route of the panel, opened by every kind of user: who is admitted, who is refused, and who must sign
// in again, as test/architecture/panel-routes.ts declares.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { panelActions, panelPages } from '#test/architecture/panel-routes.ts';
import { managementAudience } from '#core/clients/scopes.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import { holdClock } from '#test/support/clock.ts';
import { seedAuthorization } from '#test/support/steps/panel-authorization.ts';
import { seed, signInLimited, signInToPanel } from '#test/support/steps/panel.ts';

/** The outcome of a request: the page or the result of the act, a refusal, or the sign-in page. */
type Outcome = 'permitted' | 'refused' | 'sign-in';

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly scope: string;
  readonly needsRecent: boolean;
  readonly needsReason: boolean;
}

const routes: readonly Route[] = [
  ...Object.entries(panelPages).map(([path, scope]): Route => ({
    method: 'GET',
    path,
    scope,
    needsRecent: false,
    needsReason: false,
  })),
  ...Object.entries(panelActions).flatMap(([path, [scope, protection]]) =>
    (['GET', 'POST'] as const).map((method): Route => ({
      method,
      path,
      scope,
      needsRecent: protection !== 'none',
      needsReason: protection === 'reason',
    })),
  ),
];

// The rights of the seeded user's role, without which it could not act on that user, and a few more.
const limitedScopes = [
  'users:read',
  'users:write',
  'sessions:read',
  'sessions:write',
  'outbox:read',
];
/** Longer than the form of a destructive act stays valid. */
const staleSeconds = 901;

const settings = { IMPERSONATION_MINUTES: '15', OUTBOUND_ALLOW: '127.0.0.1' };

describeApp('the routes of the panel', { settings }, (app) => {
  it('send a visitor who is not signed in to the sign-in page', async (t) => {
    holdClock(t);
    const browser = app().browser();
    await assertOutcomes(app(), browser, () => 'sign-in');
  });

  it('refuse a user without a role', async (t) => {
    holdClock(t);
    const { browser } = await signInToPanel(app(), 'none');
    await assertOutcomes(app(), browser, () => 'refused');
  });

  it('let a read-only administrator read, and refuse every change', async (t) => {
    holdClock(t);
    const { browser } = await signInToPanel(app(), 'auditor');
    await assertOutcomes(app(), browser, ({ scope }) =>
      scope.endsWith(':read') ? 'permitted' : 'refused',
    );
  });

  it('let a limited administrator do what the role permits, and nothing else', async (t) => {
    holdClock(t);
    const { browser } = await signInLimited(app(), 'limited', limitedScopes);
    await assertOutcomes(app(), browser, ({ scope }) =>
      limitedScopes.includes(scope) ? 'permitted' : 'refused',
    );
  });

  it('ask an administrator who signed in long ago to sign in again before a destructive act', async (t) => {
    const clock = holdClock(t);
    const { browser } = await signInToPanel(app());
    clock.advance(staleSeconds);
    await assertOutcomes(app(), browser, ({ needsRecent }) =>
      needsRecent ? 'sign-in' : 'permitted',
    );
  });

  it('change nothing by a GET, nor by the form of a destructive act without a reason', async (t) => {
    holdClock(t);
    const { browser } = await signInToPanel(app());
    const fill = await createParameters(app());
    const token = await formTokenOf(browser);
    const tested = routes.filter(({ method, needsReason }) => method === 'GET' || needsReason);
    const wrong: string[] = [];
    for (const route of tested) {
      const before = await countEvents(app());
      const { status } = await request(app(), browser, { ...route, path: fill(route.path), token });
      const isRefused = route.method === 'GET' || (status >= 400 && status < 500);
      if (!isRefused || (await countEvents(app())) !== before)
        wrong.push(`${route.method} ${route.path}: ${status}`);
    }
    assert.ok(tested.length > 150, String(tested.length));
    assert.deepEqual(wrong, []);
  });

  it('let an administrator do everything', async (t) => {
    holdClock(t);
    const { browser } = await signInToPanel(app());
    await assertOutcomes(app(), browser, () => 'permitted');
  });
});

async function assertOutcomes(
  app: TestApp,
  browser: Browser,
  expected: (route: Route) => Outcome,
): Promise<void> {
  const fill = await createParameters(app);
  const token = await formTokenOf(browser);
  const wrong: string[] = [];
  for (const route of routes) {
    const path = fill(route.path);
    const { status, outcome } = await request(app, browser, { ...route, path, token });
    const wanted = expected(route);
    if (outcome !== wanted) wrong.push(`${route.method} ${path}: ${status}, not ${wanted}`);
    if (status >= 500) wrong.push(`${route.method} ${path}: ${status}`);
    if (outcome === 'permitted' && route.method === 'GET' && status !== 200 && !isAbsent(route)) {
      wrong.push(`GET ${path}: ${status}`);
    }
  }
  assert.deepEqual(wrong, []);
}

/** Every change of the panel is in the audit log. */
async function countEvents({ services }: TestApp): Promise<number> {
  const [row] = await services.db.knex('audit_events').count('* as count');
  return Number(row?.['count']);
}

/** No such object is created for these tests. */
function isAbsent({ path }: Route): boolean {
  return /:(?:approvalId|id|kid|identityId|passkeyId)\b/.test(path);
}

/** Fills in the parameters of a path with objects that exist. */
async function createStream(app: TestApp): Promise<string> {
  const { clientId } = await app.createClient();
  const nothing = {
    endpointUrl: undefined,
    authorizationHeader: undefined,
    description: undefined,
  };
  const { streamService } = app.services;
  return (await streamService.create(clientId, { ...nothing, eventsRequested: [] })).id;
}

async function createParameters(app: TestApp) {
  const { busy, clientId, sessionUid, familyId } = await seed(app);
  const { knex } = app.services.db;
  const unique = crypto.randomUUID().slice(0, 8);
  const { role, issuerId } = await seedAuthorization(app, busy.id, unique);
  const idOf = async (table: string, where: object): Promise<string> =>
    String((await knex(table).where(where).first('id'))?.id);
  const { audience } = await app.createApi({ scopes: ['read'] });
  const values: Readonly<Record<string, string>> = {
    userId: busy.id,
    clientId,
    uid: sessionUid,
    familyId,
    roleId: role,
    issuerId,
    groupId: await idOf('user_groups', { name: `Support ${unique}` }),
    organizationId: await idOf('organizations', { name: `acme-${unique}` }),
    webhookId: await idOf('webhooks', {}),
    streamId: await createStream(app),
    approvalId: crypto.randomUUID(),
    identityId: crypto.randomUUID(),
    passkeyId: 'a'.repeat(22),
    id: 'absent',
    kid: 'absent',
  };
  return (path: string): string => {
    const filled = path.replaceAll(/:(\w+)/g, (_, parameter: string) =>
      parameter === 'kind' ? kindFor(path) : (values[parameter] ?? ''),
    );
    if (/\/preview(?:\.css)?$/.test(path)) return `${filled}?scheme=light&brand={}`;
    const about = path.endsWith('/rights') ? managementAudience(app.issuer) : audience;
    const needsAudience = /\/(?:resources\/(?:edit|delete)|rights)$/.test(path);
    return needsAudience
      ? `${filled}?${new URLSearchParams({ audience: about }).toString()}`
      : filled;
  };
}

function kindFor(path: string): string {
  if (path.includes('/clients/')) return 'web';
  return path.includes('/broker/') ? 'github' : 'google';
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly token: string;
}

/** Sends one request without following redirects; a form has its token and nothing else. */
async function request(app: TestApp, browser: Browser, { method, path, token }: Sent) {
  const url = new URL(path, app.issuer);
  const headers = {
    cookie: browser.cookies.header(url),
    origin: app.issuer,
    'sec-fetch-site': 'same-origin',
    accept: 'text/html',
  };
  const body = method === 'POST' ? new URLSearchParams({ form_token: token }) : undefined;
  const { status, headers: answered } = await app.send(url, { method, headers, body });
  const isSignIn = /\/oauth2\/authorize\?/.test(answered.get('location') ?? '');
  const outcome: Outcome = isSignIn ? 'sign-in' : status === 403 ? 'refused' : 'permitted';
  return { status, outcome };
}

async function formTokenOf(browser: Browser): Promise<string> {
  const page = await browser.open('/auth/register');
  return page.form('form_token').fields.get('form_token') ?? '';
}
