// Computes pairwise subject identifiers (OpenID Connect Core §8.1): the same for all clients of a sector, and
// different for every other sector. The key is generated when the first identifier is needed.
import { createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { subjectKeyContext, type SubjectKeyStore } from './subject-key.store.ts';

export interface SubjectKeyDependencies {
  readonly store: SubjectKeyStore;
  readonly keyring: Keyring;
  readonly now: () => Date;
}

export function createSubjectKey({ store, keyring, now }: SubjectKeyDependencies) {
  let key: KeyObject | undefined;

  async function load(): Promise<KeyObject> {
    const found = await store.find();
    if (found !== undefined) return createSecretKey(keyring.open(found, subjectKeyContext));
    await store.insertIfNone(keyring.seal(randomBytes(32), subjectKeyContext), now());
    const stored = await store.find();
    if (stored === undefined) throw new TypeError('the subject key was not stored');
    return createSecretKey(keyring.open(stored, subjectKeyContext));
  }

  return {
    /** @param sector host of the sector identifier, which has no space */
    async subjectOf(sector: string, userId: string): Promise<string> {
      key ??= await load();
      return createHmac('sha256', key).update(`${sector} ${userId}`).digest('base64url');
    },
  };
}

export type SubjectKey = ReturnType<typeof createSubjectKey>;
