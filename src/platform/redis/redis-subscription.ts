// A connection of its own on which Redis tells what was published. It heals by itself; whatever was
// published meanwhile is gone, which the hearer is told.
import type { Cluster, Redis } from 'ioredis';
import type { Hearer, Listening } from '#platform/subscription.ts';

/** @param client one that nobody else uses, not connected yet */
export function openSubscription(
  client: Redis | Cluster,
  channel: string,
  { hear, missed }: Hearer,
): Listening {
  client.on('message', (_channel: string, text: string) => hear(text));
  // The connection that asks and answers reports the trouble; this one only waits.
  client.on('error', ignore);
  client.on('ready', () => {
    client.subscribe(channel).then(missed, ignore);
  });
  client.connect().catch(ignore);
  return {
    async close() {
      client.disconnect();
    },
  };
}

function ignore(): void {
  // It is tried again by the client.
}
