// Management API for the keys, without any secret: list, rotate and retire signing keys; the state of
// all keys.
import { z } from 'zod';
import { waiting } from '#core/approvals/approvals.api.ts';
import type { PathParameter } from '#http/api/parameters.ts';
import { problem, timestamp } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { AppError } from '#platform/errors.ts';
import type { EncryptionKeys } from './encryption/encryption-keys.service.ts';
import { presentKeyStatus } from './key-status.ts';
import type { KeyRotation } from './rotation/key-rotation.service.ts';
import {
  knownAlgorithms,
  presentSigningKey,
  signingKeyStates,
  type SigningKeyState,
} from './signing-keys.ts';
import type { SigningKeys } from './signing-keys.service.ts';

export interface SigningKeyRouteDependencies {
  readonly signingKeys: SigningKeys;
  readonly keyRotation: KeyRotation;
  readonly encryptionKeys: EncryptionKeys;
  readonly now: () => Date;
}

const kid: PathParameter = {
  example: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
  pattern: /^[\w-]{1,64}$/,
  notFound: { code: 'not_found', message: 'There is no signing key with this id.' },
};

const signingKey = z.strictObject({
  kid: z.string(),
  alg: z.string(),
  status: z.enum(signingKeyStates),
  created_at: timestamp,
  activated_at: timestamp.nullable(),
  activates_at: timestamp.nullable(),
  retires_at: timestamp.nullable(),
  retired_at: timestamp.nullable(),
  revoked: z.boolean(),
});

const signingKeyList = z.strictObject({ items: z.array(signingKey) });

const keyStatus = z.strictObject({
  signing: z.strictObject({
    rotation_days: z.int().nullable(),
    lead_seconds: z.int(),
    algorithms: z.array(
      z.strictObject({
        alg: z.string(),
        active: z.string().nullable(),
        active_since: timestamp.nullable(),
        next: z.string().nullable(),
        next_published_at: timestamp.nullable(),
        next_signs_at: timestamp.nullable(),
        retiring: z.array(z.string()),
      }),
    ),
  }),
  encryption: z.strictObject({
    keys: z.array(
      z.strictObject({
        id: z.string(),
        state: z.enum(['current', 'needed', 'waiting', 'removable', 'uncounted', 'missing']),
        rows: z.int(),
        refresh_tokens: z.int(),
        removable_at: timestamp.nullable(),
      }),
    ),
    columns: z.array(
      z.strictObject({
        table: z.string(),
        column: z.string(),
        total: z.int(),
        done: z.int(),
        percent: z.int(),
        complete: z.boolean(),
        rows_by_key: z.record(z.string(), z.int()),
      }),
    ),
  }),
});

export function signingKeyRoutes(dependencies: SigningKeyRouteDependencies): readonly Route[] {
  return [
    listKeys(dependencies),
    showStatus(dependencies),
    rotateKeys(dependencies),
    retireKey(dependencies),
  ];
}

function showStatus(dependencies: SigningKeyRouteDependencies): Route {
  const { signingKeys, keyRotation, encryptionKeys, now } = dependencies;
  return defineRoute({
    method: 'GET',
    path: '/keys/status',
    scopes: ['keys:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Show when signing keys rotate, and which encryption keys are still needed.',
    params: {},
    responses: { 200: keyStatus },
    async handle() {
      const facts = {
        signingKeys: await signingKeys.list(),
        policy: keyRotation.policy,
        encryption: await encryptionKeys.inventory(),
      };
      return presentKeyStatus(facts, now());
    },
  });
}

function listKeys({ signingKeys, keyRotation }: SigningKeyRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/keys',
    scopes: ['keys:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'List the signing keys, without their private parts.',
    params: {},
    responses: { 200: signingKeyList },
    handle: async () => presentKeys(await signingKeys.list(), keyRotation),
  });
}

function rotateKeys({ keyRotation }: SigningKeyRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/keys/rotate',
    scopes: ['keys:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary:
      'Publish new signing keys, which sign later; or, in an emergency, replace all at once: what ' +
      'they signed is no longer accepted.',
    params: {},
    body: z.strictObject({
      emergency: z.boolean().default(false),
      algorithms: z
        .array(z.enum(knownAlgorithms))
        .min(1)
        .optional()
        .describe(`a list of ${knownAlgorithms.join(', ')}`),
    }),
    responses: { 200: signingKeyList, 202: waiting, 409: problem('conflict') },
    async handle({ body, caller }) {
      const { actor } = caller;
      if (body.emergency && body.algorithms) {
        throw new AppError('invalid_input', 'An emergency replaces the keys of all algorithms.');
      }
      const keys = body.emergency
        ? await keyRotation.replaceAll(actor)
        : await keyRotation.begin(actor, body.algorithms);
      return presentKeys(keys, keyRotation);
    },
  });
}

function retireKey({ keyRotation }: SigningKeyRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/keys/{kid}/retire',
    scopes: ['keys:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Retire a key that does not sign; what it signed is no longer accepted.',
    params: { kid },
    responses: {
      200: signingKey,
      403: problem('forbidden'),
      404: problem('not_found'),
      409: problem('conflict'),
    },
    async handle({ params, caller }) {
      const key = await keyRotation.retire(params.kid, caller.actor);
      return presentSigningKey(key, keyRotation.policy);
    },
  });
}

function presentKeys(keys: readonly SigningKeyState[], { policy }: KeyRotation) {
  return { items: keys.map((key) => presentSigningKey(key, policy)) };
}
