// Builds records for tests. A test states only the values it depends on; the others have unique
// defaults.
import { randomBytes, randomUUID } from 'node:crypto';
import type { ApiResource, NewClient } from '#core/clients/clients.ts';
import type { NewUser, User } from '#core/users/users.ts';
import type { AuditRecord } from '#core/audit/audit-events.store.ts';
import type { StoredSigningKey } from '#core/keys/signing-keys.store.ts';

/** The fixed time from which tests calculate other times instead of reading the clock. */
export const noon = new Date('2026-05-04T12:00:00.123Z');

export function later(seconds: number, from: Date = noon): Date {
  return new Date(from.getTime() + seconds * 1000);
}

export function aUser(facts: Partial<NewUser> = {}): NewUser {
  const id = facts.id ?? randomUUID();
  const email = facts.email ?? `Ann.${id.slice(0, 8)}@Example.com`;
  return {
    id,
    email,
    emailKey: email.toLowerCase(),
    emailVerifiedAt: undefined,
    claims: {},
    createdAt: noon,
    ...facts,
  };
}

/** The versions of a user before any revocation. */
export const firstVersions = {
  securityVersion: 0,
  accessVersion: 0,
} as const satisfies Partial<User>;

export function anAuditRecord(facts: Partial<AuditRecord> = {}): AuditRecord {
  return {
    id: randomUUID(),
    at: noon,
    event: 'consent.given',
    actorKind: 'system',
    actorId: undefined,
    userId: undefined,
    clientId: undefined,
    sessionUid: undefined,
    requestId: undefined,
    details: {},
    personal: undefined,
    personalDigest: undefined,
    ...facts,
  };
}

export function aClient(facts: Partial<NewClient> = {}): NewClient {
  return {
    clientId: `app-${randomBytes(6).toString('hex')}`,
    secretHash: undefined,
    firstParty: false,
    resources: [],
    metadata: { redirect_uris: ['https://app.example/callback'] },
    createdAt: noon,
    ...facts,
  };
}

export function anApiResource(facts: Partial<ApiResource> = {}): ApiResource {
  return {
    audience: `https://api-${randomBytes(6).toString('hex')}.example/`,
    scopes: ['read', 'write'],
    accessTokenFormat: 'opaque',
    accessTokenSeconds: undefined,
    ...facts,
  };
}

export function aSigningKey(facts: Partial<StoredSigningKey> = {}): StoredSigningKey {
  const kid = facts.kid ?? randomBytes(16).toString('base64url');
  return {
    kid,
    alg: 'ES256',
    status: 'active',
    publicJwk: { kty: 'EC', crv: 'P-256', kid },
    sealedJwk: 'sealed',
    createdAt: noon,
    activatedAt: noon,
    retiresAt: undefined,
    retiredAt: undefined,
    isRevoked: false,
    ...facts,
  };
}
