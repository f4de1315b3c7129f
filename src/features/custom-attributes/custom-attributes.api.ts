// Management API for custom attributes: the declared namespaces and the values of a user. A change
// must name the version that it replaces (RFC 9110 §13.1, RFC 6585 §3).
import { z } from 'zod';
import { AppError } from '#platform/errors.ts';
import type { Declaration } from './schema/declarations.ts';
import { isObject, type JsonObject } from './schema/values.ts';
import type { Conditions } from '#http/api/conditions.ts';
import { userId, type PathParameter } from '#http/api/parameters.ts';
import { problem } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { ApiCaller } from '#oidc/tokens/management-tokens.ts';
import { requireUser } from '#core/users/users.api.ts';
import type { CustomAttributes } from './custom-attributes.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import {
  change,
  presentChange,
  presentDeclaration,
  presentValue,
  requireDone,
  schemas,
} from './custom-attributes-json.api.ts';

export interface CustomAttributeRouteDependencies {
  readonly supplements: CustomAttributes;
  readonly users: UserStore;
}

const path = '/users/{userId}/supplements/{namespace}';
const value = z.custom<JsonObject>(isObject).meta({ type: 'object' });

/** Any name is accepted here; the declarations determine whether it exists. */
const namespace: PathParameter = {
  example: 'billing',
  pattern: /^[^]+$/,
  notFound: { code: 'not_found', message: 'Namespace not found.' },
};

export function customAttributeRoutes(
  dependencies: CustomAttributeRouteDependencies,
): readonly Route[] {
  return [
    listNamespaces(dependencies),
    listValues(dependencies),
    showValue(dependencies),
    replaceValue(dependencies),
    removeValue(dependencies),
  ];
}

function listNamespaces({ supplements }: CustomAttributeRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/supplements',
    scopes: ['supplements:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'List the declarations of the namespaces that the client may read.',
    params: {},
    responses: { 200: schemas.declarations },
    async handle({ caller }) {
      return { items: readableBy(supplements, caller).map(presentDeclaration) };
    },
  });
}

function listValues({ supplements, users }: CustomAttributeRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/users/{userId}/supplements',
    scopes: ['supplements:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'List the values of a user in the namespaces that the client may read.',
    params: { userId },
    responses: { 200: schemas.values, 404: problem('user_not_found') },
    async handle({ params, caller }) {
      await requireUser(users, params.userId);
      const names = readableBy(supplements, caller).map((each) => each.namespace);
      return { items: (await supplements.list(params.userId, names)).map(presentValue) };
    },
  });
}

function showValue(dependencies: CustomAttributeRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path,
    scopes: ['supplements:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Show the value of a user in one namespace; the ETag is its version.',
    params: { userId, namespace },
    responses: {
      200: schemas.value,
      403: problem('forbidden'),
      404: problem('user_not_found', 'not_found'),
    },
    async handle({ params, caller, tag }) {
      await requireAccess(dependencies, 'read', params, caller);
      const found = await dependencies.supplements.get(params.userId, params.namespace);
      if (!found) throw new AppError('not_found', 'The user has no value in this namespace.');
      tag(found.version);
      return presentValue(found);
    },
  });
}

/** Errors of a change, in addition to the rules of the schema of the namespace. */
const refusals = {
  403: problem('forbidden'),
  404: problem('user_not_found', 'not_found'),
  412: problem('precondition_failed'),
  428: problem('precondition_required'),
} as const;

function replaceValue(dependencies: CustomAttributeRouteDependencies): Route {
  return defineRoute({
    method: 'PUT',
    path,
    scopes: ['supplements:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Replace a value, with If-Match, or create it, with If-None-Match: *.',
    params: { userId, namespace },
    body: value,
    responses: { 200: change.extend({ value: schemas.content }), ...refusals },
    async handle({ params, caller, body, conditions, tag }) {
      await requireAccess(dependencies, 'write', params, caller);
      const wish = { ...params, actor: caller.actor, expected: expectedBy(conditions) };
      const done = requireDone(await dependencies.supplements.save(wish, body));
      tag(done.version);
      return { ...presentChange(params.namespace, done), value: { ...body } };
    },
  });
}

function removeValue(dependencies: CustomAttributeRouteDependencies): Route {
  return defineRoute({
    method: 'DELETE',
    path,
    scopes: ['supplements:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Remove a value, with If-Match.',
    params: { userId, namespace },
    responses: { 200: change, ...refusals },
    async handle({ params, caller, conditions }) {
      await requireAccess(dependencies, 'write', params, caller);
      const expected = expectedBy({ ...conditions, mustBeNew: false });
      const wish = { ...params, actor: caller.actor, expected };
      const done = requireDone(await dependencies.supplements.remove(wish));
      return presentChange(params.namespace, done);
    },
  });
}

function readableBy(
  supplements: CustomAttributes,
  { clientId }: ApiCaller,
): readonly Declaration[] {
  return supplements.declarations.filter((each) => supplements.mayCall(each, 'read', clientId));
}

/** @throws AppError `not_found`, `forbidden`, `user_not_found` */
async function requireAccess(
  { supplements, users }: CustomAttributeRouteDependencies,
  act: 'read' | 'write',
  params: { readonly userId: string; readonly namespace: string },
  caller: ApiCaller,
): Promise<void> {
  const declaration = supplements.require(params.namespace);
  if (!supplements.mayCall(declaration, act, caller.clientId)) {
    throw new AppError('forbidden', `The client is not allowed to ${act} this namespace.`);
  }
  await requireUser(users, params.userId);
}

/** @throws AppError `precondition_required` if the request has no precondition */
function expectedBy({ version, mustBeNew }: Conditions): number {
  if (version !== undefined) return Number.isNaN(version) ? -1 : version;
  if (mustBeNew) return 0;
  const message =
    'The request needs If-Match with the version to replace, or If-None-Match: * for a new value.';
  throw new AppError('precondition_required', message);
}
