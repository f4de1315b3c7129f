// Management API for identity providers. Those of SIGN_IN_PROVIDERS are shown, and changed in the
// settings only. Secrets are accepted and never returned.
import { z } from 'zod';
import { requireMatch, tagOf } from '#http/api/conditions.ts';
import type { PathParameter } from '#http/api/parameters.ts';
import { problem, timestamp } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { IdentityProviders } from '#features/identity-providers/identity-providers.service.ts';
import { newProvider, providerChange, splitChanges, splitNew } from './provider-input.api.ts';
import type { ProviderAdministration } from './provider-administration.service.ts';

export interface IdentityProviderRouteDependencies {
  readonly identityProviders: IdentityProviders;
  readonly providerAdministration: ProviderAdministration;
}

const providerId: PathParameter = {
  example: 'google',
  pattern: /^[a-z\d](?:[a-z\d-]{0,30}[a-z\d])?$/,
  notFound: { code: 'not_found', message: 'Identity provider not found.' },
};

const members = {
  id: z.string(),
  name: z.string(),
  issuer: z.string(),
  client_id: z.string(),
  scopes: z.array(z.string()),
  trust_email: z.boolean().nullable(),
  hosted_domain: z.string().nullable(),
  one_tap: z.boolean(),
  signals: z.boolean(),
  signals_poll_endpoint: z.string().nullable(),
  logo: z.string().nullable(),
  source: z.enum(['stored', 'settings']),
  state: z.enum(['active', 'disabled', 'overridden', 'unusable']),
  enabled: z.boolean(),
  redirect_uri: z.string(),
  created_at: timestamp.nullable(),
  updated_at: timestamp.nullable(),
};
const usageMembers = {
  linked_users: z.number().int(),
  users_without_other_method: z.number().int(),
};
const shownProvider = z.strictObject(members);
const providerWithUsage = z.strictObject({ ...members, ...usageMembers });

const rateLimit = unlimited('authenticatedCaller');
const params = { providerId };

export function identityProviderRoutes(
  dependencies: IdentityProviderRouteDependencies,
): readonly Route[] {
  return [
    listProviders(dependencies),
    createProvider(dependencies),
    showProvider(dependencies),
    updateProvider(dependencies),
    deleteProvider(dependencies),
    testProvider(dependencies),
  ];
}

function listProviders({ providerAdministration }: IdentityProviderRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/identity-providers',
    scopes: ['providers:read'],
    rateLimit,
    summary: 'List identity providers: those of the settings, then the stored ones.',
    params: {},
    responses: {
      200: z.strictObject({ items: z.array(shownProvider), next_cursor: z.null() }),
    },
    handle: async () => ({
      items: [...(await providerAdministration.list())],
      next_cursor: null,
    }),
  });
}

function createProvider(dependencies: IdentityProviderRouteDependencies): Route {
  const { identityProviders, providerAdministration } = dependencies;
  return defineRoute({
    method: 'POST',
    path: '/identity-providers',
    scopes: ['providers:write'],
    rateLimit,
    summary: 'Add an identity provider; users can sign in with it at once.',
    params: {},
    body: newProvider,
    responses: {
      201: shownProvider,
      409: problem('conflict'),
      422: problem('idempotency_key_reused'),
    },
    handle: ({ body, caller, creates }) =>
      creates(async (keep) => {
        const created = await identityProviders.create(splitNew(body), caller.actor, (stored, tx) =>
          keep(tx, {
            location: `/identity-providers/${stored.id}`,
            answer: providerAdministration.present(stored),
          }),
        );
        return providerAdministration.present(created);
      }),
  });
}

function showProvider({ providerAdministration }: IdentityProviderRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/identity-providers/{providerId}',
    scopes: ['providers:read'],
    rateLimit,
    summary:
      'Show an identity provider, and how many users depend on it; the ETag is needed to change it.',
    params,
    responses: { 200: providerWithUsage, 404: problem('not_found') },
    async handle({ params: { providerId: id }, tag }) {
      const shown = await providerAdministration.show(id);
      tag(tagOf(shown));
      return { ...shown, ...(await providerAdministration.usage(shown)) };
    },
  });
}

function updateProvider(dependencies: IdentityProviderRouteDependencies): Route {
  const { identityProviders, providerAdministration } = dependencies;
  return defineRoute({
    method: 'PATCH',
    path: '/identity-providers/{providerId}',
    scopes: ['providers:write'],
    rateLimit,
    summary: 'Change, enable or disable an identity provider, with If-Match; the secret is kept.',
    params,
    body: providerChange,
    responses: {
      200: providerWithUsage,
      404: problem('not_found'),
      409: problem('conflict'),
      412: problem('precondition_failed'),
      428: problem('precondition_required'),
    },
    async handle({ params: { providerId: id }, body, caller, conditions, tag }) {
      const updated = await identityProviders.update(id, splitChanges(body), {
        by: caller.actor,
        check: (before) => requireMatch(conditions, tagOf(providerAdministration.present(before))),
      });
      const shown = providerAdministration.present(updated);
      tag(tagOf(shown));
      return { ...shown, ...(await providerAdministration.usage(shown)) };
    },
  });
}

function deleteProvider(dependencies: IdentityProviderRouteDependencies): Route {
  const { identityProviders, providerAdministration } = dependencies;
  return defineRoute({
    method: 'DELETE',
    path: '/identity-providers/{providerId}',
    scopes: ['providers:write'],
    rateLimit,
    summary: 'Delete an identity provider; accounts stay linked, but cannot sign in with it.',
    params,
    responses: {
      200: z.strictObject({ id: z.string(), deleted: z.literal(true), ...usageMembers }),
      404: problem('not_found'),
      409: problem('conflict'),
    },
    async handle({ params: { providerId: id }, caller }) {
      const removed = await identityProviders.remove(id, { by: caller.actor });
      return { id, deleted: true as const, ...(await providerAdministration.usage(removed)) };
    },
  });
}

function testProvider({ providerAdministration }: IdentityProviderRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/identity-providers/{providerId}/test',
    scopes: ['providers:write'],
    rateLimit,
    summary: 'Fetch the metadata and the keys of an identity provider, and say what is wrong.',
    params,
    responses: {
      200: z.strictObject({
        ok: z.boolean(),
        checks: z.array(
          z.strictObject({
            name: z.enum(['discovery', 'endpoints', 'pkce', 'scopes', 'keys']),
            ok: z.boolean(),
            detail: z.string(),
          }),
        ),
      }),
      404: problem('not_found'),
    },
    async handle({ params: { providerId: id } }) {
      const { ok, checks } = await providerAdministration.check(id);
      return { ok, checks: [...checks] };
    },
  });
}
