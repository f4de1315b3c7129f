// Management API for custom attributes: the declared namespaces and the values of a user. A change
// must name the version that it replaces (RFC 9110 §13.1, RFC 6585 §3).
import { z } from 'zod';
import { AppError } from '#platform/errors.ts';
import type { Declaration } from './schema/declarations.ts';
import { isObject, type JsonObject } from './schema/values.ts';
import { defineRoute, type Conditions, type Route } from '#http/api/route.ts';
import { nothing } from '#http/api/schemas.ts';
import type { ApiCaller } from '#oidc/tokens/management-tokens.ts';
import {
  largestSupplementBytes,
  type SupplementOutcome,
  type Supplements,
} from './custom-attributes.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { StoredSupplement } from './custom-attributes.store.ts';
import { userId } from '#http/api/ids.ts';

export interface SupplementRouteDependencies {
  readonly supplements: Supplements;
  readonly users: UserStore;
}

const mostFaults = 20;
const path = 'users/{id}/supplements/{namespace}';
const value = z.custom<JsonObject>(isObject);

export function supplementRoutes(dependencies: SupplementRouteDependencies): readonly Route[] {
  const { supplements, users } = dependencies;

  function readableBy(caller: ApiCaller): readonly Declaration[] {
    return supplements.declarations.filter((each) =>
      supplements.mayCall(each, 'read', caller.clientId),
    );
  }

  /** @throws AppError `not_found`, `forbidden`, `user_not_found` */
  async function open(act: 'read' | 'write', id: string, namespace: string, caller: ApiCaller) {
    const declaration = supplements.require(namespace);
    if (!supplements.mayCall(declaration, act, caller.clientId)) {
      throw new AppError('forbidden', `The client is not allowed to ${act} this namespace.`);
    }
    await requireUser(id);
  }

  async function requireUser(id: string): Promise<void> {
    if (!(await users.findById(id))) throw new AppError(userId.code, userId.message);
  }

  return [
    defineRoute({
      method: 'GET',
      path: 'supplements',
      scopes: ['supplements:read'],
      summary: 'List the declarations of the namespaces that the client may read.',
      query: nothing,
      body: nothing,
      async handle({ caller }) {
        return { items: readableBy(caller).map(presentDeclaration) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: 'users/{id}/supplements',
      scopes: ['supplements:read'],
      summary: 'List the values of a user in the namespaces that the client may read.',
      id: userId,
      query: nothing,
      body: nothing,
      async handle({ id, caller }) {
        await requireUser(id);
        const names = readableBy(caller).map(({ namespace }) => namespace);
        return { items: (await supplements.list(id, names)).map(present) };
      },
    }),
    defineRoute({
      method: 'GET',
      path,
      scopes: ['supplements:read'],
      summary: 'Show the value of a user in one namespace; the ETag is its version.',
      id: userId,
      query: nothing,
      body: nothing,
      async handle({ id, namespace, caller, tag }) {
        await open('read', id, namespace, caller);
        const found = await supplements.get(id, namespace);
        if (!found) throw new AppError('not_found', 'The user has no value in this namespace.');
        tag(found.version);
        return present(found);
      },
    }),
    defineRoute({
      method: 'PUT',
      path,
      scopes: ['supplements:write'],
      summary: 'Replace a value, with If-Match, or create it, with If-None-Match: *.',
      id: userId,
      query: nothing,
      body: value,
      async handle({ id, namespace, caller, body, conditions, tag }) {
        await open('write', id, namespace, caller);
        const wish = { userId: id, namespace, actor: caller.actor };
        const expected = expectedBy(conditions);
        const done = requireDone(await supplements.save({ ...wish, expected }, body));
        tag(done.version);
        return { namespace, version: done.version, receipt: presentReceipt(done), value: body };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path,
      scopes: ['supplements:write'],
      summary: 'Remove a value, with If-Match.',
      id: userId,
      query: nothing,
      body: nothing,
      async handle({ id, namespace, caller, conditions }) {
        await open('write', id, namespace, caller);
        const wish = { userId: id, namespace, actor: caller.actor };
        const expected = expectedBy({ ...conditions, mustBeNew: false });
        const done = requireDone(await supplements.remove({ ...wish, expected }));
        return { namespace, version: done.version, receipt: presentReceipt(done) };
      },
    }),
  ];
}

/** @throws AppError `precondition_required` if the request has no precondition */
function expectedBy({ version, mustBeNew }: Conditions): number {
  if (version !== undefined) return Number.isNaN(version) ? -1 : version;
  if (mustBeNew) return 0;
  const message =
    'The request needs If-Match with the version to replace, or If-None-Match: * for a new value.';
  throw new AppError('precondition_required', message);
}

function requireDone(outcome: SupplementOutcome): Extract<SupplementOutcome, { ok: true }> {
  if (outcome.ok) return outcome;
  if (outcome.reason === 'stale') {
    throw new AppError('precondition_failed', 'The value has been changed since that version.');
  }
  if (outcome.reason === 'too_large') {
    throw new AppError('too_large', `The value exceeds ${largestSupplementBytes} bytes.`);
  }
  const faults = outcome.faults
    .slice(0, mostFaults)
    .map(({ pointer, message: detail }) => ({ pointer, detail }));
  const [first] = faults;
  const sentence = first ? ` At ${JSON.stringify(first.pointer)}: it ${first.detail}.` : '';
  const message = `The value does not match the schema of this namespace.${sentence}`;
  throw new AppError('invalid_input', message, { faults });
}

function presentReceipt({ receiptId, at }: Extract<SupplementOutcome, { ok: true }>) {
  return { id: receiptId, at: at.toISOString() };
}

function present(found: StoredSupplement) {
  return {
    namespace: found.namespace,
    version: found.version,
    updated_at: found.updatedAt.toISOString(),
    updated_by: found.updatedBy,
    value: found.value,
  };
}

function presentDeclaration({ namespace, title, schema, person, apps, api }: Declaration) {
  return { namespace, title, schema, person, apps: apps ?? null, api };
}
