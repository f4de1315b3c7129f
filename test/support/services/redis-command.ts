// Runs one command on a direct connection to Redis, past the application and without its retries.
import { Redis } from 'ioredis';

/** @param target a port of 127.0.0.1, or the path of a socket */
export async function runRedisCommand(
  target: number | string,
  name: string,
  ...values: readonly string[]
): Promise<unknown> {
  const place = typeof target === 'number' ? { host: '127.0.0.1', port: target } : { path: target };
  const client = new Redis({
    ...place,
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy: () => null,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.call(name, ...values);
  } finally {
    client.disconnect();
  }
}
