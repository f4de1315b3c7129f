// A connection of its own on which PostgreSQL tells what was notified (LISTEN). It is opened again
// whenever it is lost; through a pooler that lends out connections per transaction nothing arrives.
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { Log } from '#platform/logging/log.ts';
import type { Hearer, Listening } from '#platform/subscription.ts';

const reconnectMilliseconds = 1000;
const connectMilliseconds = 5000;
const keepAliveMilliseconds = 10_000;

export interface ListenerOptions {
  readonly url: string;
  readonly log: Log;
  /** Letters and underscores: it stands in the statement as it is. */
  readonly channel: string;
  readonly hearer: Hearer;
}

export function openListener({ url, log, channel, hearer }: ListenerOptions): Listening {
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
    const lost = new Promise<void>((resolve) => {
      client.on('error', () => resolve());
      client.on('end', resolve);
      closing.signal.addEventListener('abort', () => resolve());
    });
    client.on('notification', ({ payload = '' }) => hearer.hear(payload));
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      hearer.missed();
      await lost;
    } catch (err) {
      log.debug({ event: 'database.listener_lost', err }, 'changes are not heard at the moment');
    } finally {
      await client.end().catch(ignore);
    }
  }

  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}

function ignore(): void {
  // A connection that is gone can not be ended, and a pause that is not needed may be cut short.
}
