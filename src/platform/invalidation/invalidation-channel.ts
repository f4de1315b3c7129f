// Interface that publishes a short text to all nodes, so that they drop cached records. It is
// implemented by redis-channel.ts and postgres-channel.ts; callers define the text.
import type { Subscriber, Listening } from '#platform/subscription.ts';

export interface InvalidationChannel {
  /** @throws AppError `store_unavailable` when the message could not be published */
  tell(text: string): Promise<void>;
  /**
   * Reconnects by itself until it is closed. The publishing process receives its own messages, too.
   */
  listen(subscriber: Subscriber): Listening;
}
