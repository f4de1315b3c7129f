// A TCP proxy that simulates network faults: it hangs, disconnects, adds latency, loses a
// response, or cuts the connection after a number of bytes. It is used for PostgreSQL, Redis and
// the nodes themselves.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { CleanUp } from '#test/support/services/databases.ts';

export interface Line {
  /** The local port; connections to it are forwarded. */
  readonly port: number;
  /** Accepts connections and data and forwards nothing. */
  freeze(): void;
  /** Closes all connections and refuses new ones. */
  cut(): void;
  /** Delays each chunk of data on its way to the server by this time. */
  slow(milliseconds: number): void;
  heal(): void;
  /** Drops the next response of the server; resolves with the dropped data. */
  loseAnswer(): Promise<string>;
  /** Calls back after this many bytes in either direction, and forwards nothing after them. */
  cutAfter(bytes: number, reached: () => void): void;
}

type Direction = 'request' | 'answer';

/** The fault planned for the next bytes. */
interface Plan {
  state: 'open' | 'frozen' | 'cut';
  delayMs: number;
  lost: ((text: string) => void) | undefined;
  cut: { bytesLeft: number; readonly reached: () => void } | undefined;
}

export async function openNetworkProxy(t: CleanUp, dial: () => Socket): Promise<Line> {
  const sockets = new Set<Socket>();
  const plan: Plan = { state: 'open', delayMs: 0, lost: undefined, cut: undefined };

  const server = createServer((near) => {
    near.setNoDelay(true);
    const far = dial();
    relay({ from: near, to: far, direction: 'request' });
    relay({ from: far, to: near, direction: 'answer' });
    if (plan.state === 'cut') near.destroy();
  });

  function relay(way: { from: Socket; to: Socket; direction: Direction }): void {
    const { from, to } = way;
    sockets.add(from);
    from.on('data', (bytes) => pass(bytes, way));
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    if (plan.state === 'frozen') from.pause();
  }

  function pass(bytes: Buffer, way: { from: Socket; to: Socket; direction: Direction }): void {
    if (way.direction === 'answer' && plan.lost) return lose(bytes, way.to);
    const allowed = plan.cut ? bytes.subarray(0, plan.cut.bytesLeft) : bytes;
    send(allowed, way);
    if (plan.cut) countDown(allowed.length);
  }

  function send(bytes: Buffer, { to, direction }: { to: Socket; direction: Direction }): void {
    if (plan.delayMs === 0 || direction === 'answer') return void to.write(bytes);
    setTimeout(() => to.writable && to.write(bytes), plan.delayMs);
  }

  function lose(bytes: Buffer, to: Socket): void {
    const tell = plan.lost;
    plan.lost = undefined;
    to.destroy();
    tell?.(bytes.toString());
  }

  function countDown(passed: number): void {
    if (!plan.cut) return;
    plan.cut.bytesLeft -= passed;
    if (plan.cut.bytesLeft > 0) return;
    const { reached } = plan.cut;
    plan.cut = undefined;
    breakAll();
    reached();
  }

  function breakAll(): void {
    plan.state = 'cut';
    for (const socket of sockets) socket.destroy();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  return {
    port: (server.address() as AddressInfo).port, // it listens on a port
    cut: breakAll,
    slow: (milliseconds) => void (plan.delayMs = milliseconds),
    freeze() {
      plan.state = 'frozen';
      for (const socket of sockets) socket.pause();
    },
    heal() {
      plan.state = 'open';
      plan.delayMs = 0;
      for (const socket of sockets) socket.resume();
    },
    loseAnswer: () =>
      new Promise((resolve) => {
        plan.lost = resolve;
      }),
    cutAfter: (bytes, reached) => void (plan.cut = { bytesLeft: bytes, reached }),
  };
}

/** Opens a proxy to a local port. */
export function openLineTo(t: CleanUp, port: number): Promise<Line> {
  return openNetworkProxy(t, () => connect(port, '127.0.0.1'));
}
