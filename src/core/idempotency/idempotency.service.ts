// Runs a creation once per key of its caller (decision 0027). The response is stored in the transaction of
// the creation, without secrets; a repetition returns it.
import { createHmac } from 'node:crypto';
import type { Knex } from 'knex';
import { canonicalJson } from '#platform/canonical-json.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { equalBytes, sha256Text } from '#platform/crypto/hashing.ts';
import { AppError } from '#platform/errors.ts';
import type { IdempotentRequestStore, StoredAnswer } from './idempotent-requests.store.ts';

export interface IdempotencyDependencies {
  readonly store: IdempotentRequestStore;
  readonly keyring: Keyring;
  readonly now: () => Date;
}

/** A request that carries a key. */
export interface KeyedRequest {
  /** The client and the user of the access token; keys of different callers are unrelated. */
  readonly caller: readonly string[];
  readonly key: string;
  /** The route and the body. The same key with other content is an error of the caller. */
  readonly content: unknown;
}

/** The result of a creation. */
export interface CreatedResource {
  /** Path of the resource, relative to the API. */
  readonly location: string;
  /** The representation without secrets. */
  readonly answer: object;
  /** The user whose data the response contains. */
  readonly userId?: string | undefined;
}

/** Stores the response in the transaction of the creation. */
export type KeepAnswer = (tx: Knex, created: CreatedResource) => Promise<void>;

const lifetimeMilliseconds = 24 * 60 * 60 * 1000;

export function createIdempotency({ store, keyring, now }: IdempotencyDependencies) {
  const keys = keyring.derive('idempotent requests');

  /** @throws AppError `idempotency_key_reused` or `conflict` */
  function requireAnswer(stored: StoredAnswer, { content }: KeyedRequest): CreatedResource {
    const isSame = keys.some((key) => equalBytes(stored.fingerprint, fingerprintOf(key, content)));
    if (!isSame) {
      const message = 'This Idempotency-Key was used for a request with other content.';
      throw new AppError('idempotency_key_reused', message);
    }
    const { location, answer } = stored;
    if (answer) return { location, answer };
    throw new AppError('conflict', 'What the first request created has been deleted.');
  }

  return {
    /**
     * Calls `create` unless this key was used within the last 24 hours. Of two concurrent requests, on any
     * nodes, one creates the resource and the other receives the same response.
     * @returns the response to repeat, or `undefined` if `create` was called
     * @throws AppError `idempotency_key_reused`, `conflict`, and the errors of `create`, after which
     * the key is unused
     */
    async once(
      request: KeyedRequest,
      create: (keep: KeepAnswer) => Promise<void>,
    ): Promise<CreatedResource | undefined> {
      const id = sha256Text(JSON.stringify([...request.caller, request.key]));
      const earlier = await store.find(id, now());
      if (earlier) return requireAnswer(earlier, request);
      const [key = Buffer.alloc(0)] = keys;
      const fingerprint = fingerprintOf(key, request.content);
      const keep: KeepAnswer = async (tx, { location, answer, userId }) => {
        const at = now();
        const expiresAt = new Date(at.getTime() + lifetimeMilliseconds);
        const row = { id, fingerprint, location, answer, userId, at, expiresAt };
        if (!(await store.add(row, tx))) throw keyInUse();
      };
      try {
        await create(keep);
        return undefined;
      } catch (error) {
        // A concurrent request with the same key committed first, so this one conflicts with the resource
        // that it created.
        const concurrent = await store.find(id, now());
        if (concurrent) return requireAnswer(concurrent, request);
        throw error;
      }
    },
  };
}

export type Idempotency = ReturnType<typeof createIdempotency>;

function fingerprintOf(key: Buffer, content: unknown): string {
  return createHmac('sha256', key).update(canonicalJson(content)).digest('base64url');
}

function keyInUse(): AppError {
  return new AppError('conflict', 'A request with this Idempotency-Key is in progress.');
}
