// Management API for the credentials of a user: list them, remove one, and send the recovery mail.
import { z } from 'zod';
import { requireUser } from '#core/users/users.api.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { notFound, userId, type PathParameter } from '#http/api/parameters.ts';
import { problem, timestamp } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { AppError } from '#platform/errors.ts';
import { presentCredentials } from '#features/user-administration/commands/format-credentials.ts';
import type { CredentialAdministration } from '#features/user-administration/credential-administration.service.ts';
import type { RecoveryMail } from '#features/user-administration/recovery-mail.service.ts';

export interface UserCredentialRouteDependencies {
  readonly users: UserStore;
  readonly credentialAdministration: CredentialAdministration;
  readonly recoveryMail: RecoveryMail;
}

const passkeyId: PathParameter = {
  example: 'mX4W1v6sK9tQyB3nC5dE7g',
  pattern: /^[\w-]{16,1400}$/,
  notFound: { code: 'not_found', message: 'Passkey not found.' },
};

const credentials = z.strictObject({
  password: z.strictObject({ changed_at: timestamp }).nullable(),
  second_factor: z
    .strictObject({
      added_at: timestamp,
      last_used_at: timestamp.nullable(),
      recovery_codes_left: z.int(),
    })
    .nullable(),
  passkeys: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      synced: z.boolean(),
      created_at: timestamp,
      last_used_at: timestamp.nullable(),
    }),
  ),
});

const removed = z.strictObject({ removed: z.literal(true) });

const refusals = {
  403: problem('forbidden'),
  404: problem('user_not_found', 'not_found'),
} as const;

export function userCredentialRoutes(
  dependencies: UserCredentialRouteDependencies,
): readonly Route[] {
  return [
    listCredentials(dependencies),
    removePassword(dependencies),
    removeSecondFactor(dependencies),
    removePasskey(dependencies),
    sendRecoveryMail(dependencies),
  ];
}

function listCredentials(dependencies: UserCredentialRouteDependencies): Route {
  const { users, credentialAdministration } = dependencies;
  return defineRoute({
    method: 'GET',
    path: '/users/{userId}/credentials',
    scopes: ['users:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'List the password, second factor and passkeys of a user, without secrets.',
    params: { userId },
    responses: { 200: credentials, 404: problem('user_not_found') },
    async handle({ params }) {
      await requireUser(users, params.userId);
      return presentCredentials(await credentialAdministration.list(params.userId));
    },
  });
}

function removePassword(dependencies: UserCredentialRouteDependencies): Route {
  const { users, credentialAdministration } = dependencies;
  return defineRoute({
    method: 'DELETE',
    path: '/users/{userId}/credentials/password',
    scopes: ['users:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Remove the password of a user, who is notified by mail.',
    params: { userId },
    responses: { 200: removed, ...refusals },
    async handle({ params, caller }) {
      await requireUser(users, params.userId);
      const isRemoved = await credentialAdministration.removePassword(params.userId, caller.actor);
      return requireRemoved(isRemoved, 'The user has no password.');
    },
  });
}

function removeSecondFactor(dependencies: UserCredentialRouteDependencies): Route {
  const { users, credentialAdministration } = dependencies;
  return defineRoute({
    method: 'DELETE',
    path: '/users/{userId}/credentials/second-factor',
    scopes: ['users:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Remove the second factor and the recovery codes of a user, who is notified by mail.',
    params: { userId },
    responses: { 200: removed, ...refusals },
    async handle({ params, caller }) {
      const { id } = await requireUser(users, params.userId);
      const isRemoved = await credentialAdministration.removeSecondFactor(id, caller.actor);
      return requireRemoved(isRemoved, 'The user has no second factor.');
    },
  });
}

function removePasskey(dependencies: UserCredentialRouteDependencies): Route {
  const { users, credentialAdministration } = dependencies;
  return defineRoute({
    method: 'DELETE',
    path: '/users/{userId}/credentials/passkeys/{passkeyId}',
    scopes: ['users:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Remove a passkey of a user, who is notified by mail.',
    params: { userId, passkeyId },
    responses: { 200: removed, ...refusals },
    async handle({ params, caller }) {
      await requireUser(users, params.userId);
      const { userId: owner, passkeyId: id } = params;
      const isRemoved = await credentialAdministration.removePasskey(owner, id, caller.actor);
      if (!isRemoved) throw notFound(passkeyId);
      return { removed: true } as const;
    },
  });
}

function sendRecoveryMail({ users, recoveryMail }: UserCredentialRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/users/{userId}/send-recovery-mail',
    scopes: ['users:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Send the user a mail with a link for a new password.',
    params: { userId },
    responses: {
      200: z.strictObject({ sent: z.literal(true) }),
      403: problem('forbidden'),
      404: problem('user_not_found'),
    },
    async handle({ params, caller }) {
      const user = await requireUser(users, params.userId);
      await recoveryMail.send(user, caller.actor);
      return { sent: true } as const;
    },
  });
}

/** @throws AppError `not_found` */
function requireRemoved(isRemoved: boolean, message: string) {
  if (!isRemoved) throw new AppError('not_found', message);
  return { removed: true } as const;
}
