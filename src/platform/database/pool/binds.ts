// Counts the statements that the server has bound on a connection. Those of the extended protocol are
// bound before they are executed, and the server confirms it: without the confirmation, a connection
// whose end the server announced has not executed them.
import type { EventEmitter } from 'node:events';
import type { PoolClient } from 'pg';

const binds = new WeakMap<PoolClient, number>();

/** Call it once for each new connection. */
export function watchBinds(client: PoolClient): void {
  // pg emits the messages of the protocol here; its types do not declare the member.
  const { connection } = client as PoolClient & { connection?: EventEmitter };
  connection?.on('bindComplete', () => void binds.set(client, countBinds(client) + 1));
}

export function countBinds(client: PoolClient): number {
  return binds.get(client) ?? 0;
}
