// Stores a user, a client and a grant, and builds a refresh token family for them and its rotations. The tokens
// of the family are `token 0`, `token 1` and so on.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { createClientStore } from '#core/clients/clients.store.ts';
import { createRevocationStore } from '#core/revocation/revocation.store.ts';
import { createGrantStore } from '#core/tokens/grants.store.ts';
import {
  createRefreshFamilyStore,
  type NewRefreshFamily,
  type Rotation,
} from '#core/tokens/refresh-families.store.ts';
import { createUserStore } from '#core/users/users.store.ts';
import type { Database } from '#platform/database/postgres.ts';
import { sha256 } from '#platform/crypto/hashing.ts';
import { aClient, aUser, later, noon } from './builders.ts';

export async function createStoredSubjects(db: Database) {
  const user = aUser();
  const client = aClient({ firstParty: true });
  const grantId = randomBytes(8).toString('hex');
  const grants = createGrantStore(db);
  const users = createUserStore(db);
  await users.insert(user);
  await createClientStore(db).insert(client);
  const ids = { userId: user.id, clientId: client.clientId };
  const times = { createdAt: noon, expiresAt: later(3600) };
  const versions = await users.findById(user.id);
  assert.ok(
    versions && (await grants.save({ id: grantId, ...ids, content: {}, ...times }, versions)),
  );
  const family: NewRefreshFamily = {
    id: randomUUID(),
    grantId,
    ...ids,
    currentHash: sha256('token 0'),
    keyId: 'test',
    content: { scope: 'openid' },
    ...times,
  };
  const families = createRefreshFamilyStore(db);
  const revocations = createRevocationStore(db);
  return { db, families, grants, revocations, family, ...ids };
}

/** The rotation that replaces the token of this generation. */
export const rotation = (familyId: string, generation: number, at = later(1)): Rotation => ({
  familyId,
  generation,
  currentHash: sha256(`token ${generation}`),
  successorHash: sha256(`token ${generation + 1}`),
  keyId: 'test',
  at,
  address: '192.0.2.1',
  device: 'browser',
});
