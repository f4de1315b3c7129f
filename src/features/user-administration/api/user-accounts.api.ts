// Management API for accounts: search, create, change and delete.
import type { Knex } from 'knex';
import { z } from 'zod';
import { waiting } from '#core/approvals/approvals.api.ts';
import { canonicalEmail } from '#core/users/email-addresses.ts';
import { presentUser, requireUser, shownUser } from '#core/users/users.api.ts';
import type { User } from '#core/users/users.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { Deletion } from '#features/account-deletion/account-deletion.service.ts';
import { requireMatch, tagOf } from '#http/api/conditions.ts';
import type { Cursors } from '#http/api/cursors.ts';
import { userId } from '#http/api/parameters.ts';
import { jsonObject, pageOf, problem } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { instant, pageMembers, sentence } from '#http/api/schemas.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { AppError } from '#platform/errors.ts';
import { noteReason, type RequestOriginSlot } from '#platform/request/request-origin.ts';
import type { AccountCreation } from '#features/user-administration/account-creation.service.ts';
import type { UserAdministration } from '#features/user-administration/user-administration.service.ts';
import {
  userStates,
  type UserSearchStore,
} from '#features/user-administration/user-search.store.ts';

export interface UserAccountRouteDependencies {
  readonly users: UserStore;
  readonly userSearch: UserSearchStore;
  readonly accountCreation: AccountCreation;
  readonly userAdministration: UserAdministration;
  readonly deletion: Deletion;
  readonly requestOrigin: RequestOriginSlot;
  readonly cursors: Cursors;
  readonly now: () => Date;
}

const text = z.string().trim().min(1).max(320);

const search = z.strictObject({
  email: text.optional().describe('the beginning of an email address'),
  name: text.optional().describe('beginnings of words of the name'),
  status: z
    .enum(userStates)
    .optional()
    .describe(`one of ${userStates.join(', ')}`),
  role: text.optional().describe('the name of a role'),
  created_from: instant.optional().describe('a date and time like 2026-05-04T12:00:00Z'),
  created_to: instant.optional().describe('a date and time like 2026-05-04T12:00:00Z'),
  ...pageMembers,
});

const someClaims = jsonObject.describe('an object with claims of OpenID Connect Core §5.1');

const newUser = z.strictObject({
  email: z.string().max(1000).meta({ description: 'an email address', minLength: 3 }),
  name: z.string().max(1000).optional().describe('a text, the claim "name"'),
  claims: someClaims.default({}).describe('an object with claims of OpenID Connect Core §5.1'),
  email_verified: z.boolean().default(false).describe('true or false'),
});

const changes = z.strictObject({
  email: z.string().max(1000).optional().describe('an email address'),
  name: z.string().max(1000).nullable().optional().describe('a text or null'),
  claims: someClaims.optional().describe('an object with the claims to change; null removes one'),
  email_verified: z.boolean().optional().describe('true or false'),
});

export function userAccountRoutes(dependencies: UserAccountRouteDependencies): readonly Route[] {
  return [
    searchUsers(dependencies),
    createUser(dependencies),
    updateUser(dependencies),
    deleteUser(dependencies),
  ];
}

function searchUsers({ userSearch, cursors, now }: UserAccountRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/users',
    scopes: ['users:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Search users by email address, name, status, role and time; most recent first.',
    params: {},
    query: search,
    responses: { 200: pageOf(shownUser) },
    async handle({ query, list }) {
      const { email, name, status: state, role } = query;
      const filter = {
        emailPrefix: email === undefined ? undefined : canonicalEmail(email),
        name,
        state,
        role,
        createdFrom: query.created_from,
        createdTo: query.created_to,
      };
      const found = await userSearch.search(filter, cursors.pageOf(list, query), now());
      return cursors.present(list, found, ({ user, note }) => presentUser(user, note));
    },
  });
}

function createUser({ accountCreation }: UserAccountRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/users',
    scopes: ['users:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Create a user without a password, who sets one with the recovery mail.',
    params: {},
    body: newUser,
    responses: { 201: shownUser, 409: problem('email_taken', 'conflict'), ...keyReused },
    handle: ({ body, caller, creates }) =>
      creates(async (keep) => {
        const { email, name, claims: given, email_verified: emailVerified } = body;
        const account = { email, claims: withName(given, name), emailVerified };
        const user = await accountCreation.create(account, caller.actor, (tx, created) =>
          keep(tx, {
            location: `/users/${created.id}`,
            answer: presentUser(created, undefined),
            userId: created.id,
          }),
        );
        return presentUser(user, undefined);
      }),
  });
}

const keyReused = { 422: problem('idempotency_key_reused') } as const;

function updateUser({ users, userAdministration }: UserAccountRouteDependencies): Route {
  return defineRoute({
    method: 'PATCH',
    path: '/users/{userId}',
    scopes: ['users:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Change the email address, name or claims of a user, with If-Match.',
    params: { userId },
    body: changes,
    responses: {
      200: shownUser,
      403: problem('forbidden'),
      404: problem('user_not_found'),
      409: problem('email_taken'),
      412: problem('precondition_failed'),
      428: problem('precondition_required'),
    },
    async handle({ params, body, caller, conditions, tag }) {
      const { userId: id } = params;
      const { email, name, email_verified: isVerified = false } = body;
      await requireUser(users, id);
      const change = {
        claims: withName(body.claims ?? {}, name),
        email,
        isVerified,
        check: async (user: User, tx: Knex) => {
          requireMatch(conditions, tagOf(presentUser(user, await users.findBlockNote(id, tx))));
          if (body.email_verified === false) refuseWithdrawal(user, email);
        },
      };
      const user = await userAdministration.update(id, change, caller.actor);
      const shown = presentUser(user, await users.findBlockNote(id));
      tag(tagOf(shown));
      return shown;
    },
  });
}

function deleteUser({ users, deletion, requestOrigin }: UserAccountRouteDependencies): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/users/{userId}',
    scopes: ['users:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Delete a user and everything of the account immediately.',
    params: { userId },
    query: z.strictObject({ reason: sentence.optional() }),
    responses: {
      200: z.strictObject({ id: z.string(), deleted: z.literal(true) }),
      202: waiting,
      403: problem('forbidden'),
      404: problem('user_not_found'),
    },
    async handle({ params, query, caller }) {
      const user = await requireUser(users, params.userId);
      noteReason(requestOrigin, query.reason);
      await deletion.deleteNow(user, caller.actor);
      return { id: user.id, deleted: true } as const;
    },
  });
}

function withName(
  claims: Readonly<Record<string, unknown>>,
  name: string | null | undefined,
): Readonly<Record<string, unknown>> {
  return name === undefined ? claims : { ...claims, name };
}

/** A verification cannot be withdrawn; only a new address is unverified. */
function refuseWithdrawal({ email: before, emailVerified }: User, email: string | undefined): void {
  if (!emailVerified || (email !== undefined && email !== before)) return;
  const message = 'Invalid request body: "email_verified" cannot be withdrawn from this address.';
  throw new AppError('invalid_input', message);
}
