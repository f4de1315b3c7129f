// Management API for changes of clients: metadata, secret and deletion. A change that restricts a client
// revokes what was issued to it.
import { z } from 'zod';
import { maxSecretOverlapSeconds, type Client } from '#core/clients/clients.ts';
import { receipt } from '#core/revocation/receipts.api.ts';
import { presentReceipt } from '#core/revocation/receipts.ts';
import { requireMatch, tagOf, type Conditions } from '#http/api/conditions.ts';
import { clientId } from '#http/api/parameters.ts';
import { problem, timestamp } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { ChangedClient, ClientChanges } from '#oidc/clients/client-changes.ts';
import type { ApiCaller } from '#oidc/tokens/management-tokens.ts';
import { AppError } from '#platform/errors.ts';
import {
  clientChange,
  clientMetadata,
  newSecret,
  presentClientJson,
  shownClient,
} from './client-json.api.ts';

export interface ClientChangeRouteDependencies {
  readonly clientChanges: () => Promise<ClientChanges>;
}

const changed = shownClient.extend({ ...newSecret, revoked: z.boolean(), receipt });

const rotation = z.strictObject({
  overlap_seconds: z
    .int()
    .min(0)
    .max(maxSecretOverlapSeconds)
    .default(0)
    .describe(`0 to ${maxSecretOverlapSeconds}`),
  revoke_tokens: z.boolean().default(false).describe('true or false'),
});

const rotated = z.strictObject({
  client_id: z.string(),
  client_secret: z.string(),
  previous_secret_valid_until: timestamp,
  revoked: z.boolean(),
  receipt,
});

const changeProblems = {
  403: problem('forbidden'),
  404: problem('client_not_found'),
  409: problem('conflict'),
  412: problem('precondition_failed'),
  428: problem('precondition_required'),
} as const;

export function clientChangeRoutes(dependencies: ClientChangeRouteDependencies): readonly Route[] {
  return [
    updateClient(dependencies),
    replaceClient(dependencies),
    rotateSecret(dependencies),
    deleteClient(dependencies),
  ];
}

function updateClient({ clientChanges }: ClientChangeRouteDependencies): Route {
  return defineRoute({
    method: 'PATCH',
    path: '/clients/{clientId}',
    scopes: ['clients:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Change metadata of a client, with If-Match; other members stay as they are.',
    params: { clientId },
    body: clientChange,
    responses: { 200: changed, ...changeProblems },
    async handle({ params, body, caller, conditions, tag }) {
      const changes = await clientChanges();
      const outcome = await change(changes, { ...params, caller, conditions }, () => body);
      tag(tagOf(presentClientJson(outcome.client)));
      return presentChange(outcome);
    },
  });
}

function replaceClient({ clientChanges }: ClientChangeRouteDependencies): Route {
  return defineRoute({
    method: 'PUT',
    path: '/clients/{clientId}',
    scopes: ['clients:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Replace the metadata of a client, with If-Match; absent members are removed.',
    params: { clientId },
    body: clientMetadata,
    responses: { 200: changed, ...changeProblems },
    async handle({ params, body, caller, conditions, tag }) {
      const changes = await clientChanges();
      const { client_id: named = params.clientId, ...members } = body;
      // The body may repeat the id, as in RFC 7592 §2.2, but not change it.
      const given = named === params.clientId ? members : body;
      const outcome = await change(changes, { ...params, caller, conditions }, ({ metadata }) => ({
        ...Object.fromEntries(Object.keys(metadata).map((member) => [member, null])),
        first_party: null,
        resources: null,
        ...given,
      }));
      tag(tagOf(presentClientJson(outcome.client)));
      return presentChange(outcome);
    },
  });
}

function rotateSecret({ clientChanges }: ClientChangeRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/clients/{clientId}/rotate-secret',
    scopes: ['clients:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Give a client a new secret; the previous one stays valid for overlap_seconds.',
    params: { clientId },
    body: rotation,
    responses: {
      200: rotated,
      403: problem('forbidden'),
      404: problem('client_not_found'),
      409: problem('conflict'),
    },
    async handle({ params, body, caller }) {
      const { overlap_seconds: overlapSeconds, revoke_tokens: revokes } = body;
      if (revokes && overlapSeconds > 0) {
        const message = 'Invalid request body: "revoke_tokens" excludes "overlap_seconds".';
        throw new AppError('invalid_input', message);
      }
      const changes = await clientChanges();
      const options = { revokes, overlapSeconds, by: caller.actor };
      return presentRotation(await changes.rotateSecret(params.clientId, options));
    },
  });
}

function deleteClient({ clientChanges }: ClientChangeRouteDependencies): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/clients/{clientId}',
    scopes: ['clients:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Delete a client and its consents, and revoke its grants and tokens.',
    params: { clientId },
    responses: {
      200: receipt,
      403: problem('forbidden'),
      404: problem('client_not_found'),
      409: problem('conflict'),
    },
    async handle({ params, caller }) {
      const changes = await clientChanges();
      return presentReceipt(await changes.remove(params.clientId, caller.actor));
    },
  });
}

interface Change {
  readonly clientId: string;
  readonly caller: ApiCaller;
  readonly conditions: Conditions;
}

/** The service proves that the caller has the rights of the client before and after the change. */
function change(
  changes: ClientChanges,
  { clientId: id, caller, conditions }: Change,
  membersOf: (before: Client) => object,
): Promise<ChangedClient> {
  const changesOf = (before: Client) => {
    requireMatch(conditions, tagOf(presentClientJson(before)));
    return membersOf(before);
  };
  return changes.update(id, changesOf, caller.actor);
}

function presentChange({ client, clientSecret, isRevoked, receipt: done }: ChangedClient) {
  const secret = clientSecret === undefined ? {} : { client_secret: clientSecret };
  const shown = presentClientJson(client);
  return { ...shown, ...secret, revoked: isRevoked, receipt: presentReceipt(done) };
}

function presentRotation({ client, clientSecret, isRevoked, receipt: done }: ChangedClient) {
  if (clientSecret === undefined) throw new TypeError('a rotation makes a secret');
  return {
    client_id: client.clientId,
    client_secret: clientSecret,
    previous_secret_valid_until: (client.previousSecret?.expiresAt ?? done.at).toISOString(),
    revoked: isRevoked,
    receipt: presentReceipt(done),
  };
}
