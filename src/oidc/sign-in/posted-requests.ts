// Requests that a browser posted and that do not fit into an address: kept for the minute until the
// same browser fetches the answer. Single use, bounded in size and in number.
import { AppError } from '#platform/errors.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

/** How long the browser may take for the redirect. */
export const postedRequestSeconds = 60;
/** Characters of one request, encoded. */
const longestPostedRequest = 32 * 1024;
/** Kept on all nodes together in a minute, from whatever address. */
const mostPostedRequests = 600;

/** What only the browser that posted the request can name. */
export interface PostedRequestPlace {
  /** The endpoint that it was posted to. */
  readonly path: string;
  /** Part of the redirect. */
  readonly id: string;
  /** In the browser's cookie. */
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
     * @throws AppError `too_large`, or `throttled` while too many others are kept
     */
    async keep(path: string, parameters: string): Promise<PostedRequestPlace> {
      if (parameters.length > longestPostedRequest) {
        throw new AppError('too_large', 'The request is too large.');
      }
      const count = await store.count('Throttle', 'posted requests', postedRequestSeconds);
      if (count > mostPostedRequests) {
        throw new AppError('throttled', 'Too many large requests. Please try again later.', {
          retryAfterSeconds: postedRequestSeconds,
        });
      }
      const place = { path, id: randomToken(), secret: randomToken() };
      await store.put('PostedRequest', keyOf(place), { parameters }, postedRequestSeconds);
      return place;
    },

    /** The parameters, for exactly one caller; `undefined` when there are none at this place. */
    async take(place: PostedRequestPlace): Promise<string | undefined> {
      const key = keyOf(place);
      if (!(await store.consume('PostedRequest', key, now()))) return undefined;
      const kept = await store.get('PostedRequest', key);
      await store.remove('PostedRequest', key);
      const parameters = kept?.['parameters'];
      return typeof parameters === 'string' ? parameters : undefined;
    },
  };
}

export type PostedRequests = ReturnType<typeof createPostedRequests>;

function keyOf({ path, id, secret }: PostedRequestPlace): string {
  return [path, id, secret].join(' ');
}
