// Counts the statements that the server has bound on a connection. Those of the extended protocol are
// bound before they are executed, and the server confirms it: without the confirmation, a connection
// whose end the server announced has not executed them.
import type { EventEmitter } from 'node:events';
import type { PoolClient } from 'pg';

export type BindCounter = ReturnType<typeof createBindCounter>;

export function createBindCounter() {
  const counts = new WeakMap<PoolClient, number>();
  const count = (client: PoolClient): number => counts.get(client) ?? 0;
  return {
    count,
    /** Call it once for each new connection. */
    watch(client: PoolClient): void {
      // pg emits the messages of the protocol here; its types do not declare the member.
      const { connection } = client as PoolClient & { connection?: EventEmitter };
      connection?.on('bindComplete', () => void counts.set(client, count(client) + 1));
    },
  };
}
