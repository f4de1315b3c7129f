// Dedicated connection that receives notifications (LISTEN). It reconnects whenever it is lost.
// Notifications do not arrive through a pooler in transaction mode.
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { Log } from '#platform/logging/log.ts';
import type { Subscriber, Listening } from '#platform/subscription.ts';

const reconnectMilliseconds = 1000;
const connectMilliseconds = 5000;
const keepAliveMilliseconds = 10_000;

export interface ListenerOptions {
  readonly url: string;
  readonly log: Log;
  /** Letters and underscores only, because it is inserted into the statement verbatim. */
  readonly channel: string;
  readonly subscriber: Subscriber;
}

export function openListener({ url, log, channel, subscriber }: ListenerOptions): Listening {
  const closing = new AbortController();
  const running = listenForever();

  async function listenForever(): Promise<void> {
    while (!closing.signal.aborted) {
      await listenUntilLost();
      await pause(reconnectMilliseconds, undefined, { signal: closing.signal }).catch(ignore);
    }
  }

  async function listenUntilLost(): Promise<void> {
    const client = new Client({
      connectionString: url,
      application_name: 'ostiary changes',
      connectionTimeoutMillis: connectMilliseconds,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveMilliseconds,
    });
    const lost = Promise.withResolvers<unknown>();
    const end = () => lost.resolve(undefined);
    client.on('error', lost.resolve).on('end', end);
    closing.signal.addEventListener('abort', end);
    client.on('notification', ({ payload = '' }) => subscriber.hear(payload));
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      subscriber.missed();
      const err = await lost.promise;
      if (!closing.signal.aborted) reportLoss(err);
    } catch (err) {
      reportLoss(err);
    } finally {
      closing.signal.removeEventListener('abort', end);
      await client.end().catch(ignore);
    }
  }

  function reportLoss(err: unknown): void {
    const line = { event: 'database.listener_lost', ...(err === undefined ? {} : { err }) };
    log.debug(line, 'the LISTEN connection is unavailable; reconnecting');
  }

  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}

function ignore(): void {
  // Ignored: a lost connection cannot be ended again, and an aborted pause is expected.
}
