// Detects that Redis may have lost entries: it was restarted, perhaps from an older snapshot, a
// failover took place, or entries were evicted. The stores decide what follows.
import { Redis } from 'ioredis';
import type { RedisClient } from './redis-client.ts';

/**
 * Returns a value that changes with every such event on any server that holds our entries, and
 * never otherwise.
 */
export async function readLossMark(client: RedisClient): Promise<string> {
  const servers = client instanceof Redis ? [client] : client.nodes('master');
  const marks = await Promise.all(servers.map(readServerMark));
  return marks.toSorted().join(' ');
}

async function readServerMark(server: Redis): Promise<string> {
  try {
    const facts = await server.info('server', 'stats');
    return `${factOf(facts, 'run_id')}:${factOf(facts, 'evicted_keys')}`;
  } catch (error) {
    // The account may not run INFO, or the server accepts only one section at a time: the state is
    // unknown.
    if (error instanceof Error && error.name === 'ReplyError') return 'unknown';
    throw error;
  }
}

function factOf(facts: string, name: string): string {
  return new RegExp(`^${name}:(\\S+)`, 'm').exec(facts)?.[1] ?? '';
}
