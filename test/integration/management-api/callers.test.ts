// Every route of the management API with every kind of caller: only a caller with the scopes of the
// route gets past the authorization.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { managementScopes } from '#core/clients/scopes.ts';
import type { Route } from '#http/api/route.ts';
import { describeApiRoutes } from '#server/routes/api-routes.ts';
import { createApiClient, createCaller } from '#test/support/actors/api-client.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';

type Caller = Pick<ReturnType<typeof createCaller>, 'call'>;

const routes = describeApiRoutes();
const anyId = '00000000-0000-4000-8000-000000000000';

/** Ends all sessions and tokens, including those of the other callers. */
const isLast = ({ path }: Route) => path === '/sign-everyone-out';

describeApp('a call of the management API', {}, (app) => {
  it('without a token, or with one of another audience, is refused with 401', async () => {
    const withoutToken = createCaller(app(), undefined);
    const elsewhere = await tokenForOtherAudience(app());

    for (const route of routes) {
      assert.deepEqual(
        [await statusOf(withoutToken, route), await statusOf(elsewhere, route)],
        [401, 401],
        nameOf(route),
      );
    }
  });

  it('with an expired token is refused with 401', async (t: TestContext) => {
    const clock = holdClock(t);
    const api = await createApiClient(app());
    clock.advance(3601);

    for (const route of routes) assert.equal(await statusOf(api, route), 401, nameOf(route));
  });

  it('by a user who is not an administrator is refused with 403', async () => {
    const user = await signedInCaller(app(), false);

    for (const route of routes) assert.equal(await statusOf(user, route), 403, nameOf(route));
  });

  it('with read scopes only is refused with 403 unless it reads', async () => {
    const scopes = managementScopes.filter((scope) => scope.endsWith(':read'));
    const reader = await createApiClient(app(), scopes);

    for (const route of routes) {
      const status = await statusOf(reader, route);
      const isRefused = status === 403;
      assert.equal(isRefused, route.method !== 'GET', `${nameOf(route)} ${status}`);
    }
  });

  it('with other scopes than those of the route is refused with 403', async () => {
    const limited = await createApiClient(app(), ['clients:read', 'sessions:write']);

    for (const route of routes) {
      const mayCall = route.scopes.every((scope) =>
        ['clients:read', 'sessions:write'].includes(scope),
      );
      const status = await statusOf(limited, route);
      assert.equal(status !== 403, mayCall, `${nameOf(route)} ${status}`);
    }
  });

  it('by an administrator, a user or a client, gets past the authorization', async () => {
    const callers = [await signedInCaller(app(), true), await createApiClient(app())];

    for (const caller of callers) {
      for (const route of routes.filter((each) => !isLast(each))) {
        const status = await statusOf(caller, route);
        assert.ok(
          [200, 201, 400, 404, 409, 415, 428].includes(status),
          `${nameOf(route)} ${status}`,
        );
      }
    }
    const [last] = routes.filter(isLast);
    assert.ok(last && callers[1]);
    assert.equal(await statusOf(callers[1], last), 200);
  });
});

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`;
}

async function statusOf(caller: Caller, { method, path }: Route): Promise<number> {
  const address = path.slice(1).replaceAll(/\{\w+\}/g, anyId);
  return (await caller.call(method, address)).status;
}

async function signedInCaller(app: TestApp, isAdministrator: boolean): Promise<Caller> {
  const person = await app.createUser();
  if (isAdministrator) await app.services.roles.grant(person.id, 'admin', app.services.now());
  const scope = ['openid', ...managementScopes].join(' ');
  const rp = await app.relyingParty({ scope, first_party: true });
  const { accessToken } = await rp.login(person, { scope, resource: `${app.issuer}/auth/api` });
  return createCaller(app, accessToken);
}

async function tokenForOtherAudience(app: TestApp): Promise<Caller> {
  const api = await app.createApi();
  const rp = await app.relyingParty({
    auth: 'client_secret_basic',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  });
  const [scope = ''] = api.scopes;
  const { accessToken } = await rp.clientCredentials({ resource: api.audience, scope });
  return createCaller(app, accessToken);
}
