// Leads a request to its route in the table: caller first, then address, method, scope and input,
// so that nobody without a token learns what is there.
import { Readable } from 'node:stream';
import { AppError } from '#platform/errors.ts';
import type { Addresses } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';
import { readJson, readQuery } from '#http/request/input.ts';
import type { Guard } from './authorization.ts';
import type { Conditions, IdForm, Route, RouteMethod } from './route.ts';
import { readInput } from './schemas.ts';

/** Where the table's paths begin, below the issuer. */
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
  /** By method; all of them share the path. */
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
  if (!found) throw new AppError('not_found', 'There is nothing at this address.');
  const method = ctx.method === 'HEAD' ? 'GET' : ctx.method;
  const route = found.routes.find((each) => each.method === method);
  if (route) return route;
  const allowed: readonly RouteMethod[] = found.routes.map((each) => each.method);
  ctx.set('Allow', allowed.join(', '));
  throw new AppError('method_not_allowed', 'This address does not take this method.');
}

/** What can not be an id belongs to nothing: it is not there. */
function readId(id: IdForm | undefined, value: string): string {
  if (!id || id.form.test(value)) return value;
  throw new AppError(id.code, id.message);
}

function queryOf(ctx: Context): Record<string, string> {
  const query = readQuery(ctx);
  return Object.fromEntries(query.names().map((name) => [name, query.get(name)]));
}

/** Versions are strong tags: `W/"1"` matches none (RFC 9110 13.1.1). */
function conditionsOf(ctx: Context): Conditions {
  const wanted = ctx.get('if-match');
  const [, version] = /^"([1-9]\d{0,8})"$/.exec(wanted) ?? [];
  return {
    version: wanted === '' ? undefined : Number(version ?? Number.NaN),
    mustBeNew: ctx.get('if-none-match') === '*',
  };
}

/** No body is an empty one: what is required is then named. What is put must be there. */
async function bodyOf(ctx: Context): Promise<unknown> {
  return ctx.state.body === undefined && ctx.method !== 'PUT' ? {} : readJson(ctx);
}

/** Cursors are bound to it: another filter is another list. */
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
