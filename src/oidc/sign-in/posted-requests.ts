// Stores posted authorization and logout requests that do not fit into a URL until the same browser
// follows the redirect. Single use, bounded in size and number.
import { AppError } from '#platform/errors.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

/** How long the browser may take to follow the redirect. */
export const postedRequestSeconds = 60;
/** Maximum length of one request in encoded characters. */
const maxPostedRequestLength = 32 * 1024;
/** Maximum number stored per minute by all nodes together, from any address. */
const maxPostedRequests = 600;

/** Identifies a stored request; only the browser that posted it knows the secret. */
export interface PostedRequestHandle {
  /** The endpoint that it was posted to. */
  readonly path: string;
  /** Sent in the redirect URL. */
  readonly id: string;
  /** Sent in the cookie. */
  readonly secret: string;
}

export interface PostedRequestDependencies {
  readonly store: ShortLivedStore;
  readonly now: () => Date;
}

export function createPostedRequests({ store, now }: PostedRequestDependencies) {
  return {
    /**
     * @param parameters form-encoded
     * @throws AppError `too_large`, or `throttled` while too many requests are stored
     */
    async keep(path: string, parameters: string): Promise<PostedRequestHandle> {
      if (parameters.length > maxPostedRequestLength) {
        throw new AppError('too_large', 'The request is too large.');
      }
      const count = await store.count('Throttle', 'posted requests', postedRequestSeconds);
      if (count > maxPostedRequests) {
        throw new AppError('throttled', 'Too many large requests. Please try again later.', {
          retryAfterSeconds: postedRequestSeconds,
        });
      }
      const handle = { path, id: randomToken(), secret: randomToken() };
      await store.put('PostedRequest', keyOf(handle), { parameters }, postedRequestSeconds);
      return handle;
    },

    /** Returns the parameters to exactly one caller; `undefined` if there are none. */
    async take(handle: PostedRequestHandle): Promise<string | undefined> {
      const key = keyOf(handle);
      if (!(await store.consume('PostedRequest', key, now()))) return undefined;
      const record = await store.get('PostedRequest', key);
      await store.remove('PostedRequest', key);
      const parameters = record?.['parameters'];
      return typeof parameters === 'string' ? parameters : undefined;
    },
  };
}

export type PostedRequests = ReturnType<typeof createPostedRequests>;

function keyOf({ path, id, secret }: PostedRequestHandle): string {
  return [path, id, secret].join(' ');
}
