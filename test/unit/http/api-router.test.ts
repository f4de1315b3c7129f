// The router of the management API, with an issuer that has a path, and the types of its routes.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { z } from 'zod';
import { AppError } from '#platform/errors.ts';
import type { Guard } from '#http/api/authorization.ts';
import { clientId, userId } from '#http/api/parameters.ts';
import { problem } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { createApiRouter } from '#http/api/router.ts';
import { createRateLimit, createRateLimiter } from '#http/middleware/rate-limit.ts';
import { limit, unlimited } from '#http/rate-limit/route-limit.ts';
import { createUrlAreas } from '#http/url-areas.ts';
import { startEdge } from '#test/support/middleware-app.ts';

const issuer = 'https://id.example/op';
const prefix = '/op/auth/api/v1';
const anId = '00000000-0000-4000-8000-000000000000';
const facts = {
  scopes: ['users:read'],
  rateLimit: unlimited('authenticatedCaller'),
  summary: 'A route of this test.',
} as const;
const shown = z.strictObject({ user: z.string(), client: z.string() });
const responses = { 200: shown, 404: problem('user_not_found', 'client_not_found') } as const;

const show = defineRoute({
  ...facts,
  method: 'GET',
  path: '/users/{userId}/clients/{clientId}',
  params: { userId, clientId },
  responses,
  handle: async ({ params }) => ({ user: params.userId, client: params.clientId }),
});
const replace: Route = { ...show, method: 'PUT' };
const setUp = defineRoute({
  ...facts,
  method: 'POST',
  path: '/set-up',
  rateLimit: limit('setup'),
  params: {},
  responses: { 200: z.strictObject({}) },
  handle: async () => ({}),
});

describe('router of the management API', () => {
  it('passes the decoded parameters of the path by name', async (t) => {
    const app = await startApi(t);

    const answer = await app.send({ path: `${prefix}/users/${anId}/clients/a%20b` });

    assert.deepEqual(JSON.parse(answer.body), { user: anId, client: 'a b' });
  });

  it('answers HEAD like GET, without a body', async (t) => {
    const app = await startApi(t);

    const answer = await app.send({ method: 'HEAD', path: `${prefix}/users/${anId}/clients/a` });

    assert.deepEqual([answer.status, answer.body], [200, '']);
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  });

  it('answers 404 with the code of the first malformed parameter', async (t) => {
    const app = await startApi(t);

    const answer = await app.send({ path: `${prefix}/users/x/clients/a` });

    assert.deepEqual([answer.status, JSON.parse(answer.body).code], [404, 'user_not_found']);
  });

  it('names the allowed methods of a path in a 405 response', async (t) => {
    const app = await startApi(t);

    const answer = await app.send({ method: 'DELETE', path: `${prefix}/users/x/clients/a` });

    assert.deepEqual([answer.status, answer.headers['allow']], [405, 'GET, PUT']);
  });

  it('logs the pattern of the route, even for another method', async (t) => {
    const app = await startApi(t);

    await app.send({ path: `${prefix}/users/${anId}/clients/a` });
    await app.send({ method: 'DELETE', path: `${prefix}/users/${anId}/clients/a` });
    await app.send({ path: `${prefix}/nothing` });

    const routes = app.lines.filter(({ event }) => event === 'request.answered');
    const pattern = '/auth/api/v1/users/{userId}/clients/{clientId}';
    assert.deepEqual(
      routes.map(({ route }) => route),
      [pattern, pattern, '/auth/api/v1/(unlisted)'],
    );
  });

  it('authenticates the caller before it reports that a path or method has no route', async (t) => {
    const app = await startApi(t, { isAuthenticated: false });
    const paths = [`${prefix}/nothing`, `${prefix}/users/x/clients/a`];

    const answers = await Promise.all(paths.map((path) => app.send({ method: 'DELETE', path })));

    assert.deepEqual(
      answers.map(({ status }) => status),
      [401, 401],
    );
  });

  it('applies the rate limit that a route declares', async (t) => {
    const app = await startApi(t);
    const statuses: number[] = [];
    for (let turn = 0; turn < 21; turn += 1) {
      statuses.push((await app.send({ method: 'POST', path: `${prefix}/set-up` })).status);
    }

    assert.deepEqual([statuses[0], statuses[19], statuses[20]], [200, 200, 429]);
  });
});

describe('defineRoute', () => {
  it('accepts only parameters, responses and error codes that agree with each other', () => {
    const base = { ...facts, method: 'GET' } as const;
    const path = '/users/{userId}';
    const handle = async () => ({ user: '', client: '' });
    const lacksClient = async () => ({ user: '' });
    const wrongStatus = { 200: shown, 404: problem('conflict') } as const;

    // @ts-expect-error The parameter of the path is missing.
    defineRoute({ ...base, path, params: {}, responses, handle });
    // @ts-expect-error A conflict has the status 409.
    defineRoute({ ...base, path, params: { userId }, responses: wrongStatus, handle });
    // @ts-expect-error The response lacks a member.
    defineRoute({ ...base, path, params: { userId }, responses, handle: lacksClient });

    const route = defineRoute({ ...base, path, params: { userId }, responses, handle });
    assert.equal(route.path, '/users/{userId}');
  });
});

async function startApi(t: TestContext, { isAuthenticated = true } = {}) {
  const addresses = createUrlAreas(issuer);
  const router = createApiRouter({
    addresses,
    guard: createTestGuard(isAuthenticated),
    // No route of this test creates anything.
    idempotency: { once: async () => undefined },
    routes: [show, replace, setUp],
  });
  const rateLimit = createRateLimit({
    addresses,
    rateLimiter: createRateLimiter({ enabled: true, now: () => new Date() }),
  });
  return startEdge(t, { issuer, handlers: [rateLimit, router] });
}

function createTestGuard(isAuthenticated: boolean): Guard {
  return {
    async authenticate() {
      if (!isAuthenticated) throw new AppError('invalid_token', 'The access token is invalid.');
      const actor = { kind: 'client', id: 'caller' } as const;
      return { actor, clientId: 'caller', scopes: new Set(), isOperator: true };
    },
    authorize: async (_ctx, _route, caller) => caller,
    noteForbidden: async () => undefined,
  };
}
