// Clients in the management API: the metadata that is accepted (RFC 7591 and our own members), and
// the representation in responses, which has no secret.
import { z } from 'zod';
import { presentClient } from '#core/clients/commands/format-client.ts';
import type { Client } from '#core/clients/clients.ts';
import { profileNames } from '#core/clients/profiles/client-profiles.ts';
import { timestamp } from '#http/api/responses.ts';

/**
 * Types of the members that most clients have. The rules of registration check every member, refuse
 * unknown ones and name the reason (oidc/clients/client-registration.ts).
 */
export const clientMetadata = z
  .looseObject({
    client_name: z.string().optional(),
    redirect_uris: z.array(z.string()).optional(),
    post_logout_redirect_uris: z.array(z.string()).optional(),
    grant_types: z.array(z.string()).optional(),
    response_types: z.array(z.string()).optional(),
    token_endpoint_auth_method: z.string().optional(),
    scope: z.string().optional(),
    profile: z.enum(profileNames).optional(),
    first_party: z.boolean().optional(),
    first_party_native: z.boolean().optional(),
    native_sso_group: z.string().optional(),
    resources: z.array(z.string()).optional(),
    token_exchange_audiences: z.array(z.string()).optional(),
    token_exchange_impersonation: z.boolean().optional(),
    federated_credentials: z.array(z.looseObject({ issuer: z.string() })).optional(),
    authorization_details_types: z.array(z.string()).optional(),
    may_act: z.strictObject({ sub: z.string() }).optional(),
  })
  .describe('client metadata (RFC 7591)');

/** Members to replace; null removes one (RFC 7396). */
export const clientChange = z
  .record(z.string(), z.unknown())
  .describe('client metadata to change; null removes a member');

export const shownClient = z.looseObject({
  client_id: z.string(),
  client_name: z.string().optional(),
  redirect_uris: z.array(z.string()).optional(),
  grant_types: z.array(z.string()).optional(),
  token_endpoint_auth_method: z.string().optional(),
  scope: z.string().optional(),
  profile: z.enum(profileNames).optional(),
  first_party: z.boolean(),
  resources: z.array(z.string()),
  has_secret: z.boolean(),
  origin: z
    .enum(['operator', 'registration', 'document'])
    .describe('who registered it: an operator, the client itself, or its metadata document'),
  previous_secret_valid_until: timestamp.nullable(),
  disabled_at: timestamp.nullable(),
  created_at: timestamp,
  updated_at: timestamp,
  violations: z.array(
    z.strictObject({
      member: z.string(),
      rule: z.string(),
      severity: z.enum(['error', 'warning']),
      message: z.string(),
      remedy: z.string(),
    }),
  ),
});

export const newSecret = {
  client_secret: z.string().optional().describe('shown once; absent for clients without a secret'),
};

/** The entity tag of a client is also computed from this representation. */
export function presentClientJson(client: Client) {
  const { violations, ...shown } = presentClient(client);
  return {
    ...shown,
    resources: [...shown.resources],
    has_secret: client.secretHash !== undefined,
    previous_secret_valid_until: client.previousSecret?.expiresAt.toISOString() ?? null,
    violations: [...violations],
  };
}
