// Management API for the trusted issuers of software statements.
import { z } from 'zod';
import type { Cursors } from '#http/api/cursors.ts';
import type { PathParameter } from '#http/api/parameters.ts';
import { pageOf, problem, timestamp } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { pageMembers, sentence } from '#http/api/schemas.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import {
  maxIssuerLength,
  presentStatementIssuer,
  statementIssuerId,
  statementIssuerOfId,
  type StatementIssuer,
} from '#features/client-registration/statements/statement-issuers.ts';
import type { StatementIssuers } from '#features/client-registration/statements/statement-issuers.service.ts';

export interface StatementIssuerRouteDependencies {
  readonly statementIssuers: StatementIssuers;
  readonly cursors: Cursors;
}

const issuerId: PathParameter = {
  example: 'aHR0cHM6Ly9zdGF0ZW1lbnRzLmV4YW1wbGUuY29t',
  pattern: /^[\w-]{1,700}$/,
  notFound: { code: 'not_found', message: 'This issuer of software statements is not trusted.' },
};

const keySet = z.strictObject({ keys: z.array(z.record(z.string(), z.unknown())) });

const shownIssuer = z.strictObject({
  id: z.string(),
  issuer: z.string(),
  jwks_uri: z.string().nullable(),
  jwks: keySet.nullable(),
  description: z.string().nullable(),
  created_at: timestamp,
});

const newIssuer = z.strictObject({
  issuer: z
    .string()
    .min(1)
    .max(maxIssuerLength)
    .describe('the iss of its statements')
    .meta({ examples: ['https://statements.example.com'] }),
  jwks_uri: z
    .string()
    .max(2000)
    .optional()
    .describe('an https URL of its public keys, unless jwks is given')
    .meta({ examples: ['https://statements.example.com/jwks'] }),
  jwks: keySet.optional().describe('its public keys (RFC 7517)'),
  description: sentence.nullable().default(null).meta({ description: 'who it is, or null' }),
});

const rateLimit = unlimited('authenticatedCaller');
const params = { issuerId };

export function statementIssuerRoutes(
  dependencies: StatementIssuerRouteDependencies,
): readonly Route[] {
  const { statementIssuers } = dependencies;
  return [
    listIssuers(dependencies),
    trustIssuer(statementIssuers),
    showIssuer(statementIssuers),
    distrustIssuer(statementIssuers),
  ];
}

function listIssuers({ statementIssuers, cursors }: StatementIssuerRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/software-statement-issuers',
    scopes: ['clients:read'],
    rateLimit,
    summary: 'List the trusted issuers of software statements.',
    params: {},
    query: z.strictObject(pageMembers),
    responses: { 200: pageOf(shownIssuer) },
    async handle({ query, list }) {
      const page = await statementIssuers.list(cursors.pageOf(list, query));
      return cursors.present(list, page, present);
    },
  });
}

function trustIssuer(statementIssuers: StatementIssuers): Route {
  return defineRoute({
    method: 'POST',
    path: '/software-statement-issuers',
    scopes: ['clients:write'],
    rateLimit,
    summary: 'Trust an issuer of software statements (RFC 7591).',
    params: {},
    body: newIssuer,
    responses: {
      201: shownIssuer,
      409: problem('conflict'),
      422: problem('idempotency_key_reused'),
    },
    handle: ({ body, caller, creates }) =>
      creates(async (keep) => {
        const { issuer, jwks, jwks_uri: jwksUri, description } = body;
        const requested = { issuer, jwks, jwksUri, description: description ?? undefined };
        const trusted = await statementIssuers.trust(requested, caller.actor, (created, tx) =>
          keep(tx, {
            location: `/software-statement-issuers/${statementIssuerId(created.issuer)}`,
            answer: present(created),
          }),
        );
        return present(trusted);
      }),
  });
}

function showIssuer(statementIssuers: StatementIssuers): Route {
  return defineRoute({
    method: 'GET',
    path: '/software-statement-issuers/{issuerId}',
    scopes: ['clients:read'],
    rateLimit,
    summary: 'Show a trusted issuer of software statements.',
    params,
    responses: { 200: shownIssuer, 404: problem('not_found') },
    handle: async ({ params: { issuerId: id } }) =>
      present(await statementIssuers.find(statementIssuerOfId(id))),
  });
}

function distrustIssuer(statementIssuers: StatementIssuers): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/software-statement-issuers/{issuerId}',
    scopes: ['clients:write'],
    rateLimit,
    summary: 'Stop trusting an issuer of software statements; its clients stay.',
    params,
    responses: {
      200: z.strictObject({ issuer: z.string(), deleted: z.literal(true) }),
      404: problem('not_found'),
    },
    async handle({ params: { issuerId: id }, caller }) {
      const issuer = statementIssuerOfId(id);
      await statementIssuers.distrust(issuer, caller.actor);
      return { issuer, deleted: true as const };
    },
  });
}

function present(issuer: StatementIssuer) {
  return { id: statementIssuerId(issuer.issuer), ...presentStatementIssuer(issuer) };
}
