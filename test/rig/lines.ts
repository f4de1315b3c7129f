// A line to a server, with what networks do to it: it hangs, breaks, is slow, loses an answer, or is
// cut after so many bytes. For stores and for our own nodes alike; what happens then is for the tests.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Closing } from '#test/stage/databases.ts';

export interface Line {
  /** Of this machine; what connects to it is passed on. */
  readonly port: number;
  /** Accepts everything and passes nothing on. */
  freeze(): void;
  /** Breaks everything and lets nothing through. */
  cut(): void;
  /** Each piece of data takes so long on its way to the server. */
  slow(milliseconds: number): void;
  heal(): void;
  /** The next answer of the server does not arrive: resolves with what was lost. */
  loseAnswer(): Promise<string>;
  /** Calls back once so many bytes have passed, in whatever direction, and passes nothing behind them. */
  cutAfter(bytes: number, reached: () => void): void;
}

type Direction = 'request' | 'answer';

/** What is planned for the bytes to come. */
interface Plan {
  state: 'open' | 'frozen' | 'cut';
  delayMs: number;
  lost: ((text: string) => void) | undefined;
  cut: { bytesLeft: number; readonly reached: () => void } | undefined;
}

export async function openLine(t: Closing, dial: () => Socket): Promise<Line> {
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

/** A line to a port of this machine. */
export function openLineTo(t: Closing, port: number): Promise<Line> {
  return openLine(t, () => connect(port, '127.0.0.1'));
}
