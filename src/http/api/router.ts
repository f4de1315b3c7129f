// Dispatches a request to its route. It authenticates the caller before it checks path, method,
// scope and input, so that an unauthenticated client cannot learn which resources exist.
import { Readable } from 'node:stream';
import { AppError } from '#platform/errors.ts';
import type { Addresses } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';
import { readJson, readQuery } from '#http/request/input.ts';
import type { Guard } from './authorization.ts';
import type { Conditions, IdForm, Route, RouteMethod } from './route.ts';
import { readInput } from './schemas.ts';

/** Prefix of all routes, relative to the issuer. */
export const apiPrefix = '/auth/api/v1/';

const idPlace = '{id}';
const partPlace = /^\{\w+Id\}$/;
const namespacePlace = '{namespace}';
const unlisted = '(unlisted)';

export interface RestRouterDependencies {
  readonly addresses: Addresses;
  readonly guard: Guard;
  readonly routes: readonly Route[];
}

interface Found {
  /** One route per method of the same path. */
  readonly routes: readonly Route[];
  readonly pattern: string;
  readonly id: string;
  readonly partId: string;
  readonly namespace: string;
}

export function createRestRouter({ addresses, guard, routes }: RestRouterDependencies) {
  const byPath = Map.groupBy(routes, ({ path }) => path);

  function find(path: string): Found | undefined {
    const segments = path.split('/');
    for (const [pattern, candidates] of byPath) {
      const places = pattern.split('/');
      const fits = places.every((place, at) => place.startsWith('{') || place === segments[at]);
      if (!fits || places.length !== segments.length) continue;
      const at = (index: number) => decodeURIComponent(segments[index] ?? '');
      return {
        routes: candidates,
        pattern,
        id: at(places.indexOf(idPlace)),
        partId: at(places.findIndex((place) => partPlace.test(place))),
        namespace: at(places.indexOf(namespacePlace)),
      };
    }
    return undefined;
  }

  return async function serveRest(ctx: Context, next: Next): Promise<unknown> {
    const path = addresses.shorten(ctx.path);
    if (!path.startsWith(apiPrefix)) return next();
    const found = find(path.slice(apiPrefix.length));
    const name = `${apiPrefix}${found?.pattern ?? unlisted}`;
    ctx['_matchedRoute'] = name;
    const caller = await guard.authenticate(ctx, name);
    const route = chooseRoute(ctx, found);
    await guard.authorize(ctx, name, caller, route);

    const id = readId(route.id, found?.id ?? '');
    const partId = readId(route.part, found?.partId ?? '');
    const query = readInput(route.query, queryOf(ctx), 'query');
    const body = readInput(route.body, await bodyOf(ctx), 'body');
    const namespace = found?.namespace ?? '';
    const tag = (version: number) => ctx.set('ETag', `"${version}"`);
    const call = { caller, id, partId, namespace, query, body, list: listOf(ctx), tag };
    answer(ctx, await route.handle({ ...call, conditions: conditionsOf(ctx) }));
    return undefined;
  };
}

function chooseRoute(ctx: Context, found: Found | undefined): Route {
  if (!found) throw new AppError('not_found', 'Not found.');
  const method = ctx.method === 'HEAD' ? 'GET' : ctx.method;
  const route = found.routes.find((each) => each.method === method);
  if (route) return route;
  const allowed: readonly RouteMethod[] = found.routes.map((each) => each.method);
  ctx.set('Allow', allowed.join(', '));
  throw new AppError('method_not_allowed', 'Method not allowed.');
}

/** A value in the wrong format cannot be the id of a resource, so it is reported as not found. */
function readId(id: IdForm | undefined, value: string): string {
  if (!id || id.form.test(value)) return value;
  throw new AppError(id.code, id.message);
}

function queryOf(ctx: Context): Record<string, string> {
  const query = readQuery(ctx);
  return Object.fromEntries(query.names().map((name) => [name, query.get(name)]));
}

/** Versions are strong entity tags: `W/"1"` matches none (RFC 9110 §13.1.1). */
function conditionsOf(ctx: Context): Conditions {
  const wanted = ctx.get('if-match');
  const [, version] = /^"([1-9]\d{0,8})"$/.exec(wanted) ?? [];
  return {
    version: wanted === '' ? undefined : Number(version ?? Number.NaN),
    mustBeNew: ctx.get('if-none-match') === '*',
  };
}

/**
 * An absent body counts as an empty object, so that the error names the missing members. PUT
 * requires a body.
 */
async function bodyOf(ctx: Context): Promise<unknown> {
  return ctx.state.body === undefined && ctx.method !== 'PUT' ? {} : readJson(ctx);
}

/** Identifies a list for its cursors: another filter is another list. */
function listOf(ctx: Context): string {
  const filter = Object.entries(queryOf(ctx)).filter(
    ([name]) => name !== 'cursor' && name !== 'limit',
  );
  return JSON.stringify([ctx.path, filter.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

function answer(ctx: Context, content: object): void {
  ctx.status = 200;
  if (content instanceof Readable) {
    ctx.set('Content-Type', 'application/x-ndjson; charset=utf-8');
    ctx.body = content;
    return;
  }
  ctx.set('Content-Type', 'application/json; charset=utf-8');
  ctx.body = JSON.stringify(content);
}
