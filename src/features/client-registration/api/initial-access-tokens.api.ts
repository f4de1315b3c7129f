// Management API for initial access tokens.
import { z } from 'zod';
import type { Cursors } from '#http/api/cursors.ts';
import type { PathParameter } from '#http/api/parameters.ts';
import { pageOf, problem, timestamp } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { pageMembers, sentence } from '#http/api/schemas.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { uuidPattern } from '#platform/uuid.ts';
import {
  defaultTokenSeconds,
  maxTokenSeconds,
  maxTokenUses,
  presentInitialToken,
} from '#features/client-registration/tokens/initial-access-tokens.ts';
import type { InitialAccessTokens } from '#features/client-registration/tokens/initial-access-tokens.service.ts';

export interface InitialAccessTokenRouteDependencies {
  readonly initialAccessTokens: InitialAccessTokens;
  readonly cursors: Cursors;
}

const tokenId: PathParameter = {
  pattern: uuidPattern,
  notFound: { code: 'not_found', message: 'Initial access token not found.' },
};

const members = {
  id: z.string(),
  description: z.string().nullable(),
  max_uses: z.number(),
  uses: z.number().describe('how many clients were registered with it'),
  created_at: timestamp,
  expires_at: timestamp,
};
const shownToken = z.strictObject(members);
const createdToken = z.strictObject({
  ...members,
  token: z.string().optional().describe('shown once'),
});

const newToken = z.strictObject({
  description: sentence.nullable().default(null).meta({ description: 'what it is for, or null' }),
  max_uses: z.int().min(1).max(maxTokenUses).default(1).describe(`1 to ${maxTokenUses}`),
  lifetime_seconds: z
    .int()
    .min(60)
    .max(maxTokenSeconds)
    .default(defaultTokenSeconds)
    .describe(`60 to ${maxTokenSeconds}`),
});

const rateLimit = unlimited('authenticatedCaller');

export function initialAccessTokenRoutes(
  dependencies: InitialAccessTokenRouteDependencies,
): readonly Route[] {
  const { initialAccessTokens: tokens } = dependencies;
  return [listTokens(dependencies), createToken(tokens), showToken(tokens), revokeToken(tokens)];
}

function listTokens({ initialAccessTokens, cursors }: InitialAccessTokenRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/initial-access-tokens',
    scopes: ['clients:read'],
    rateLimit,
    summary: 'List initial access tokens for client registration, in the order of their creation.',
    params: {},
    query: z.strictObject(pageMembers),
    responses: { 200: pageOf(shownToken) },
    async handle({ query, list }) {
      const page = await initialAccessTokens.list(cursors.pageOf(list, query));
      return cursors.present(list, page, presentInitialToken);
    },
  });
}

function createToken(tokens: InitialAccessTokens): Route {
  return defineRoute({
    method: 'POST',
    path: '/initial-access-tokens',
    scopes: ['clients:write'],
    rateLimit,
    summary: 'Create an initial access token, which permits its holder to register clients.',
    params: {},
    body: newToken,
    responses: { 201: createdToken, 422: problem('idempotency_key_reused') },
    handle: ({ body, caller, creates }) =>
      creates(async (keep) => {
        const requested = {
          description: body.description ?? undefined,
          maxUses: body.max_uses,
          lifetimeSeconds: body.lifetime_seconds,
        };
        const created = await tokens.create(requested, caller.actor, (token, tx) =>
          keep(tx, {
            location: `/initial-access-tokens/${token.id}`,
            answer: presentInitialToken(token),
          }),
        );
        return { ...presentInitialToken(created), token: created.plainToken };
      }),
  });
}

function showToken(tokens: InitialAccessTokens): Route {
  return defineRoute({
    method: 'GET',
    path: '/initial-access-tokens/{tokenId}',
    scopes: ['clients:read'],
    rateLimit,
    summary: 'Show an initial access token without its value.',
    params: { tokenId },
    responses: { 200: shownToken, 404: problem('not_found') },
    handle: async ({ params }) => presentInitialToken(await tokens.find(params.tokenId)),
  });
}

function revokeToken(tokens: InitialAccessTokens): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/initial-access-tokens/{tokenId}',
    scopes: ['clients:write'],
    rateLimit,
    summary: 'Revoke an initial access token; clients that were registered with it stay.',
    params: { tokenId },
    responses: {
      200: z.strictObject({ id: z.string(), revoked: z.literal(true) }),
      404: problem('not_found'),
    },
    async handle({ params: { tokenId: id }, caller }) {
      await tokens.revoke(id, caller.actor);
      return { id, revoked: true as const };
    },
  });
}
