// The contract for passing a short text to all nodes at once: what changed, so that nobody goes on
// with what it remembers. Leaves the ways to redis-channel.ts and postgres-channel.ts, and the
// meaning of the text to callers.
import type { Hearer, Listening } from '#platform/subscription.ts';

export interface ChangeChannel {
  /** @throws AppError `store_unavailable` when nobody heard it */
  tell(text: string): Promise<void>;
  /** Goes on by itself after a loss, until it is closed. Whoever tells hears it, too. */
  listen(hearer: Hearer): Listening;
}
