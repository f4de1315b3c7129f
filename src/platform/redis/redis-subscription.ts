// Dedicated connection for a Redis subscription. It reconnects by itself; messages published in the
// meantime are lost, and the subscriber is notified of the gap.
import type { Cluster, Redis } from 'ioredis';
import type { Subscriber, Listening } from '#platform/subscription.ts';

/** @param client a client without other users that is not connected yet */
export function openSubscription(
  client: Redis | Cluster,
  channel: string,
  { hear, missed }: Subscriber,
): Listening {
  client.on('message', (_channel: string, text: string) => hear(text));
  // The command connection already reports connection errors.
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
  // The client library retries by itself.
}
