// Management API for the signing keys: a list without private parts.
import { z } from 'zod';
import { timestamp } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { SigningKeys } from './signing-keys.service.ts';

export interface SigningKeyRouteDependencies {
  readonly signingKeys: SigningKeys;
}

const signingKey = z.strictObject({
  kid: z.string(),
  alg: z.string(),
  status: z.string(),
  created_at: timestamp,
});

export function signingKeyRoutes({ signingKeys }: SigningKeyRouteDependencies): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/keys',
      scopes: ['keys:read'],
      rateLimit: unlimited('authenticatedCaller'),
      summary: 'List the signing keys, without their private parts.',
      params: {},
      responses: { 200: z.strictObject({ items: z.array(signingKey) }) },
      async handle() {
        const keys = await signingKeys.list();
        const items = keys.map(({ kid, alg, status, createdAt }) => ({
          kid,
          alg,
          status,
          created_at: createdAt.toISOString(),
        }));
        return { items };
      },
    }),
  ];
}
