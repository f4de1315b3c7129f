// The way from the command line to a server that holds the embedded database: a socket in the data
// directory, for the directory's owner only. On each connection the server greets, is asked once and
// answers, each a line of JSON. What the lines say is left to commands/remote.ts.
import { once } from 'node:events';
import { chmod, realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join, relative } from 'node:path';
import { AppError } from '#domain/errors.ts';

const limits = {
  /** Bytes of a request or an answer. */
  messageBytes: 1024 * 1024,
  /** Milliseconds for everything on one connection. */
  wholeMs: 60_000,
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

interface ControlSocketOptions {
  readonly directory: string;
  /** Who is here: said first, so that nothing is entrusted to a server that can not use it. */
  readonly greeting: unknown;
  readonly answer: (request: unknown) => Promise<unknown>;
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
}

/**
 * Asks the process that listens in the directory; `undefined`: there is none, and nothing was sent.
 * @throws AppError when the line breaks before the answer is here
 */
export async function askControlSocket({
  directory,
  ask,
}: Question): Promise<{ readonly answer: unknown } | undefined> {
  const path = await socketPath(directory);
  const socket = path === undefined ? undefined : await dial(path);
  if (!socket) return undefined;
  const timer = setTimeout(() => socket.destroy(), limits.wholeMs);
  try {
    const greeting = await readMessage(socket).catch(() => undefined);
    if (greeting === undefined) return undefined;
    const request = encode(ask(greeting));
    socket.write(request);
    return { answer: await readAnswer(socket) };
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

async function readAnswer(socket: Socket): Promise<unknown> {
  try {
    return await readMessage(socket);
  } catch (cause) {
    throw new AppError(
      'timeout',
      'The running server did not answer. Please look whether the command was carried out.',
      { cause },
    );
  }
}

async function serveOne(socket: Socket, options: ControlSocketOptions): Promise<void> {
  const timer = setTimeout(() => socket.destroy(), limits.wholeMs);
  try {
    socket.write(encode(options.greeting));
    const request = await readMessage(socket);
    await send(socket, encode(await options.answer(request)));
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

/** Somebody looked whether there is a server, or gave up. */
const silentEnd = 'closed before a message was complete';

function isSilentEnd(error: unknown): boolean {
  return error instanceof Error && error.message === silentEnd;
}

function encode(message: unknown): string {
  const line = `${JSON.stringify(message)}\n`;
  if (Buffer.byteLength(line) > limits.messageBytes) {
    throw new AppError('too_large', 'This is too much for the way to the running server (1 MiB).');
  }
  return line;
}

/** The next line; the other side sends no second one before it has heard from us. */
async function readMessage(socket: Socket): Promise<unknown> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  const whole = Promise.withResolvers<void>();
  const take = (chunk: Buffer): void => {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > limits.messageBytes) whole.reject(new Error('a message was too large'));
    else if (chunk.includes('\n')) whole.resolve();
  };
  const fail = (error?: Error): void => whole.reject(error ?? new Error(silentEnd));
  const end = (): void => fail();
  socket.on('data', take).on('error', fail).on('close', end);
  try {
    if (socket.destroyed) fail();
    await whole.promise;
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } finally {
    // The listener for errors stays: without one, a late error would end the process.
    socket.off('data', take).off('close', end);
  }
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
