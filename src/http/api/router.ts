// Routes requests to the management API. The caller is authenticated before path, method, scope and
// input are checked, so that an unauthenticated client cannot learn which resources exist.
import { Readable } from 'node:stream';
import { Router, type RouterContext } from '@koa/router';
import { AppError, isAppError } from '#platform/errors.ts';
import type { UrlAreas } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';
import { readJson, readQuery } from '#http/request/input.ts';
import { ApprovalPending, presentApproval } from '#core/approvals/approvals.ts';
import type { Idempotency } from '#core/idempotency/idempotency.service.ts';
import type { Guard } from './authorization.ts';
import { readConditions } from './conditions.ts';
import { createCreation } from './creation.ts';
import { notFound } from './parameters.ts';
import { successOf } from './responses.ts';
import type { Call, Route } from './route.ts';
import { readInput } from './schemas.ts';

/** Prefix of all routes, relative to the issuer. */
export const apiPrefix = '/auth/api/v1';

const unlisted = '/(unlisted)';

export interface ApiRouterDependencies {
  readonly addresses: UrlAreas;
  readonly guard: Guard;
  readonly idempotency: Idempotency;
  readonly routes: readonly Route[];
}

/** For example `/auth/api/v1/users/:userId`. */
function patternOf({ path }: Pick<Route, 'path'>): string {
  return `${apiPrefix}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
}

export function createApiRouter(dependencies: ApiRouterDependencies) {
  const { addresses, guard, idempotency, routes } = dependencies;
  const base = `${addresses.basePath}${apiPrefix}`;
  const router = new Router({ sensitive: true, strict: true });
  for (const route of routes) {
    router.register(
      patternOf(route),
      [route.method],
      [route.rateLimit, (ctx: Context) => serve(ctx, route)],
    );
  }
  const dispatch = router.routes();
  const byPattern = Map.groupBy(routes, patternOf);
  /** Routes without path parameters, by path. */
  const byPath = Map.groupBy(
    routes.filter(({ params }) => Object.keys(params).length === 0),
    patternOf,
  );

  async function serve(ctx: Context, route: Route): Promise<void> {
    const name = nameRoute(ctx, route.path);
    const authenticated = await guard.authenticate(ctx, name);
    const caller = await guard.authorize(ctx, name, authenticated, route);
    const input = await readCall(ctx, route);
    const creates = createCreation(idempotency, { ctx, base, caller, body: input.body });
    try {
      answer(ctx, route, await route.handle({ caller, creates, ...input }));
    } catch (error) {
      if (error instanceof ApprovalPending) return answerWaiting(ctx, error);
      if (isAppError(error, 'forbidden')) await guard.noteForbidden(ctx, name, caller, error);
      throw error;
    }
  }

  /** The routes in the matched layers of the router. */
  function findMatched(ctx: Context): readonly Route[] {
    const matched: readonly { readonly path: string | RegExp }[] = ctx['matched'];
    return matched.flatMap(({ path }) => byPattern.get(String(path)) ?? []);
  }

  /** @param others routes of the same path, for other methods */
  async function refuse(ctx: Context, others: readonly Route[]): Promise<never> {
    await guard.authenticate(ctx, nameRoute(ctx, others[0]?.path ?? unlisted));
    if (others.length === 0) throw new AppError('not_found', 'Not found.');
    ctx.set('Allow', [...new Set(others.map(({ method }) => method))].join(', '));
    throw new AppError('method_not_allowed', 'Method not allowed.');
  }

  return function serveApi(ctx: Context, next: Next): unknown {
    const path = addresses.shorten(ctx.path);
    if (!path.startsWith(`${apiPrefix}/`)) return next();
    // `/users/import` is not a user, so the methods of `/users/{userId}` do not apply to it.
    const exact = byPath.get(path);
    if (exact && !exact.some((route) => accepts(route, ctx.method))) return refuse(ctx, exact);
    ctx['newRouterPath'] = path;
    // True because the router itself adds the members of its context.
    return dispatch(ctx as RouterContext, () => refuse(ctx, findMatched(ctx)));
  };
}

/** The router answers HEAD like GET. */
function accepts({ method }: Route, requested: string): boolean {
  return method === (requested === 'HEAD' ? 'GET' : requested);
}

/** Sets the name of the route for the request log. */
function nameRoute(ctx: Context, path: string): string {
  const name = `${apiPrefix}${path}`;
  ctx['_matchedRoute'] = name;
  return name;
}

type RequestInput = Omit<Call<string, unknown, unknown>, 'caller' | 'creates'>;

/** @throws AppError for invalid input */
async function readCall(ctx: Context, route: Route): Promise<RequestInput> {
  return {
    params: readParams(ctx, route),
    query: readInput(route.query, queryOf(ctx), 'query'),
    body: readInput(route.body, await bodyOf(ctx), 'body'),
    conditions: readConditions(ctx),
    tag: (version) => ctx.set('ETag', `"${version}"`),
    list: listOf(ctx),
  };
}

function readParams(ctx: Context, { params }: Route): Readonly<Record<string, string>> {
  const values = Object.entries(params).map(([name, parameter]) => {
    const segment = String(ctx['params'][name]);
    const value = parameter.decode?.(segment) ?? segment;
    if (!parameter.pattern.test(value)) throw notFound(parameter);
    return [name, value] as const;
  });
  return Object.fromEntries(values);
}

function queryOf(ctx: Context): Record<string, string> {
  const query = readQuery(ctx);
  return Object.fromEntries(query.names().map((name) => [name, query.get(name)]));
}

/**
 * An absent body counts as an empty object, so that the error names the missing members. PUT
 * and PATCH require a body.
 */
async function bodyOf(ctx: Context): Promise<unknown> {
  return ctx.state.body === undefined && ctx.method !== 'PUT' && ctx.method !== 'PATCH'
    ? {}
    : readJson(ctx);
}

/** Identifies a list for its cursors; the same path with another filter is another list. */
function listOf(ctx: Context): string {
  const filter = Object.entries(queryOf(ctx)).filter(
    ([name]) => name !== 'cursor' && name !== 'limit',
  );
  return JSON.stringify([ctx.path, filter.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

/** The act waits for a second administrator. */
function answerWaiting(ctx: Context, { approval }: ApprovalPending): void {
  ctx.status = 202;
  ctx.set('Content-Type', 'application/json; charset=utf-8');
  ctx.body = JSON.stringify({ approval: presentApproval(approval) });
}

function answer(ctx: Context, { responses }: Route, content: unknown): void {
  ctx.status = successOf(responses).status;
  if (content instanceof Readable) {
    ctx.set('Content-Type', 'application/x-ndjson; charset=utf-8');
    ctx.body = content;
    return;
  }
  ctx.set('Content-Type', 'application/json; charset=utf-8');
  ctx.body = JSON.stringify(content);
}
