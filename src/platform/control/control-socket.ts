// The way from the command line to a server that holds the embedded database: a socket in the data
// directory, for the directory's owner only. On each connection the server greets, is asked once,
// sends pieces of a long output as they come, and answers. What the messages say is left to
// cli/remote.ts.
import { once } from 'node:events';
import { chmod, realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join, relative } from 'node:path';
import { AppError } from '#platform/errors.ts';
import {
  encodeMessage,
  isSilentEnd,
  readMessages,
  writeMessage,
  type Messages,
} from './control-messages.ts';

const limits = {
  /** Milliseconds until the answer or its next piece. */
  waitMs: 60_000,
  /** Milliseconds that requests under way get when the server stops. */
  stopMs: 5_000,
  connections: 16,
};
/** What a socket's path may hold on every system, in bytes. */
const longestPathBytes = 100;

export interface ControlSocket {
  /** Takes no more requests, lets those under way finish, and removes the socket. */
  close(): Promise<void>;
}

/** Resolves when the next piece may follow. */
export type Tell = (piece: string) => Promise<void>;

interface ControlSocketOptions {
  readonly directory: string;
  /** Who is here: said first, so that nothing is entrusted to a server that can not use it. */
  readonly greeting: unknown;
  /** `tell` sends a piece of what comes before the answer. */
  readonly answer: (request: unknown, tell: Tell) => Promise<unknown>;
  /** For what is wrong with a request or with the line. */
  readonly onFault: (error: unknown) => void;
}

/**
 * The caller holds the lock of the directory, so a socket that is still there is left over.
 * @throws Error when the directory can hold no socket
 */
export async function openControlSocket(options: ControlSocketOptions): Promise<ControlSocket> {
  const path = await socketPath(options.directory);
  if (path === undefined)
    throw new Error('the path of the data directory is too long for a socket');
  await rm(path, { force: true });
  const open = new Set<Socket>();
  const underWay = new Set<Promise<void>>();

  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const work = serveOne(socket, options).finally(() => underWay.delete(work));
    underWay.add(work);
  });
  server.maxConnections = limits.connections;
  await listenForOwner(server, path);

  return {
    async close() {
      const closed = once(server, 'close');
      server.close();
      await Promise.race([Promise.all(underWay), wait(limits.stopMs)]);
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

interface Question {
  readonly directory: string;
  /** Makes the request for the server that greets so; may throw instead. */
  readonly ask: (greeting: unknown) => unknown;
  /** Takes the pieces that come before the answer. */
  readonly hear: Tell;
}

/**
 * Asks the process that listens in the directory; `undefined`: there is none, and nothing was sent.
 * @throws AppError when the line breaks before the answer is here
 */
export async function askControlSocket({
  directory,
  ask,
  hear,
}: Question): Promise<{ readonly answer: unknown } | undefined> {
  const path = await socketPath(directory);
  const socket = path === undefined ? undefined : await dial(path);
  if (!socket) return undefined;
  const timer = setTimeout(() => socket.destroy(), limits.waitMs);
  try {
    const messages = readMessages(socket);
    const greeting = await messages.next().catch(() => undefined);
    if (greeting === undefined) return undefined;
    socket.write(encodeMessage(ask(greeting)));
    for (;;) {
      const message = await readReply(messages);
      if (!isPiece(message)) return { answer: message };
      timer.refresh();
      await hear(message.piece);
    }
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

async function readReply(messages: Messages): Promise<unknown> {
  try {
    return await messages.next();
  } catch (cause) {
    throw new AppError(
      'timeout',
      'The running server did not answer. Please look whether the command was carried out.',
      { cause },
    );
  }
}

function isPiece(message: unknown): message is { readonly piece: string } {
  if (typeof message !== 'object' || message === null) return false;
  return 'piece' in message && typeof message.piece === 'string';
}

async function serveOne(socket: Socket, options: ControlSocketOptions): Promise<void> {
  const timer = setTimeout(() => socket.destroy(), limits.waitMs);
  try {
    const messages = readMessages(socket);
    socket.write(encodeMessage(options.greeting));
    const request = await messages.next();
    const answer = await options.answer(request, async (piece) => {
      timer.refresh();
      await writeMessage(socket, { piece });
    });
    await send(socket, encodeMessage(answer));
  } catch (error) {
    if (!isSilentEnd(error)) options.onFault(error);
    socket.destroy();
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves when the line is closed, by whom ever. */
function send(socket: Socket, message: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    socket.once('close', () => resolve());
    socket.end(message);
  });
}

/** `undefined` when nobody listens there. */
async function dial(path: string): Promise<Socket | undefined> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return socket;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code !== 'EACCES') return undefined;
    const message = 'The data directory belongs to another account; please run this as that one.';
    throw new AppError('forbidden', message, { cause });
  }
}

/** The mask makes the socket its owner's from its first moment; binding happens inside `listen`. */
async function listenForOwner(server: Server, path: string): Promise<void> {
  const mask = process.umask(0o177);
  try {
    server.listen({ path });
  } finally {
    process.umask(mask);
  }
  await once(server, 'listening');
  await chmod(path, 0o600);
  server.unref();
}

/** As seen from the working directory where that is shorter; `undefined`: still too long. */
async function socketPath(directory: string): Promise<string | undefined> {
  const folder = await realpath(directory).catch(() => undefined);
  if (folder === undefined) return undefined;
  const path = join(folder, 'control.sock');
  const ways = [path, relative(process.cwd(), path)];
  return ways.find((way) => Buffer.byteLength(way) <= longestPathBytes);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
