// Unix socket between the command line and a server that has the embedded database open. It is in the data
// directory and only the directory's owner can connect. On each connection the server sends a greeting,
// receives one request, streams the output in pieces and sends a final reply. The content of the messages is
// defined in cli/remote.ts.
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
  /** Milliseconds to wait for the answer or the next piece of output. */
  waitMs: 60_000,
  /** Milliseconds that requests in progress have to finish when the server stops. */
  stopMs: 5_000,
  connections: 16,
};
/** Longest path of a Unix socket that every supported system accepts, in bytes. */
const maxPathBytes = 100;

export interface ControlSocket {
  /** Accepts no further requests, waits for those in progress, and removes the socket. */
  close(): Promise<void>;
}

/** Resolves when the next piece can be sent. */
export type Tell = (piece: string) => Promise<void>;

interface ControlSocketOptions {
  readonly directory: string;
  /**
   * Identifies the server. It is sent first, so that a client sends nothing to a server it cannot
   * use.
   */
  readonly greeting: unknown;
  /** Handles a request; `tell` sends a piece of output before the answer. */
  readonly answer: (request: unknown, tell: Tell) => Promise<unknown>;
  /** Called with an invalid request or a connection error. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Opens the socket. The caller holds the lock of the directory, so an existing socket file is
 * stale.
 * @throws Error when the path is too long for a socket
 */
export async function openControlSocket(options: ControlSocketOptions): Promise<ControlSocket> {
  const path = await socketPath(options.directory);
  if (path === undefined)
    throw new Error('the path of the data directory is too long for a socket');
  await rm(path, { force: true });
  const open = new Set<Socket>();
  const inProgress = new Set<Promise<void>>();

  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const work = serveOne(socket, options).finally(() => inProgress.delete(work));
    inProgress.add(work);
  });
  server.maxConnections = limits.connections;
  await listenForOwner(server, path);

  return {
    async close() {
      const closed = once(server, 'close');
      server.close();
      await Promise.race([Promise.all(inProgress), wait(limits.stopMs)]);
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

interface Question {
  readonly directory: string;
  /** Builds the request from the server's greeting; may throw instead. */
  readonly ask: (greeting: unknown) => unknown;
  /** Receives the pieces of output that precede the answer. */
  readonly hear: Tell;
}

/**
 * Sends a request to the process that listens in the directory. Returns `undefined` if there is
 * none; nothing was sent then.
 * @throws AppError when the connection is lost before the answer arrives
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
      'The running server did not respond. Check whether the command was carried out.',
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

/** Resolves when either side has closed the connection. */
function send(socket: Socket, message: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    socket.once('close', () => resolve());
    socket.end(message);
  });
}

/** Connects, or returns `undefined` when no process is listening. */
async function dial(path: string): Promise<Socket | undefined> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return socket;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code !== 'EACCES') return undefined;
    const message =
      'The data directory belongs to another account; run this command as that account.';
    throw new AppError('forbidden', message, { cause });
  }
}

/** The umask restricts the socket to its owner from the moment `listen` binds it. */
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

/**
 * The path of the socket, relative to the working directory if that is shorter; `undefined` if it
 * is still too long.
 */
async function socketPath(directory: string): Promise<string | undefined> {
  const folder = await realpath(directory).catch(() => undefined);
  if (folder === undefined) return undefined;
  const path = join(folder, 'control.sock');
  const ways = [path, relative(process.cwd(), path)];
  return ways.find((way) => Buffer.byteLength(way) <= maxPathBytes);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
