// A proxy on a Unix socket in front of a server that can stall or break connections, as a network
// failure would.
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createDirectory } from './databases.ts';

export interface Proxy {
  /** The directory of the socket. */
  readonly directory: string;
  /** Accepts connections and data from now on but forwards nothing. */
  freeze(): void;
  /** Breaks all connections and refuses new ones. */
  cut(): void;
  heal(): void;
}

/** Listens in a new directory; each connection is forwarded to one that `connect` opens. */
export async function startProxy(
  t: TestContext,
  fileName: string,
  connect: () => Socket,
): Promise<Proxy> {
  const directory = await createDirectory(t);
  const sockets = new Set<Socket>();
  let state: 'open' | 'frozen' | 'cut' = 'open';

  const server = createServer((near) => {
    const far = connect();
    pass(near, far);
    pass(far, near);
    if (state === 'cut') near.destroy();
  });

  function pass(from: Socket, to: Socket): void {
    sockets.add(from);
    from.on('data', (bytes) => to.write(bytes));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    if (state === 'frozen') from.pause();
  }

  await new Promise<void>((resolve) => {
    server.listen(join(directory, fileName), resolve);
  });
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  return {
    directory,
    freeze() {
      state = 'frozen';
      for (const socket of sockets) socket.pause();
    },
    cut() {
      state = 'cut';
      for (const socket of sockets) socket.destroy();
    },
    heal() {
      state = 'open';
      for (const socket of sockets) socket.resume();
    },
  };
}
