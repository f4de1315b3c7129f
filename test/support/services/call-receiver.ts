// Shared by the endpoints of other systems: a server on loopback, and waiting for the requests that it
// receives.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CleanUp } from './databases.ts';

type Receive = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/** Returns the origin of the server. */
export async function listenForCalls(t: CleanUp, receive: Receive): Promise<string> {
  const server = createServer((req, res) => void receive(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo; // A TCP server has an AddressInfo.
  return `http://127.0.0.1:${port}`;
}

/** The items received so far. */
export function createArrivals<Item>() {
  const items: Item[] = [];
  const waiting = new Set<() => void>();
  return {
    items: items as readonly Item[],
    add(item: Item): void {
      items.push(item);
      for (const check of waiting) check();
    },
    /** Resolves when as many of the wanted items have been received. */
    received(count: number, isWanted: (item: Item) => boolean = () => true) {
      return new Promise<readonly Item[]>((resolve) => {
        const check = () => {
          const found = items.filter(isWanted);
          if (found.length < count) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      });
    },
  };
}
