// What tells that Redis no longer holds all that was put into it: it was started anew, perhaps with an
// older copy of its data, another server took over, or entries were evicted. What follows from that is
// for those who keep something there that must not be forgotten.
import { Redis } from 'ioredis';
import type { RedisClient } from './redis.ts';

/** Changes with every such event, for all servers that keep our entries; nothing else changes it. */
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
    // An account that may not ask, or a server that gives one part at a time: it can not be known.
    if (error instanceof Error && error.name === 'ReplyError') return 'unknown';
    throw error;
  }
}

function factOf(facts: string, name: string): string {
  return new RegExp(`^${name}:(\\S+)`, 'm').exec(facts)?.[1] ?? '';
}
