// Framing of messages on a stream: each is one line of JSON of limited size. Their meaning and
// order are defined in control-socket.ts.
import type { Socket } from 'node:net';
import { AppError } from '#platform/errors.ts';

/** Enough for a configuration file of 5 MB with JSON escapes. */
const maxBytes = 16 * 1024 * 1024;

/** The client only checked whether a server is listening, or has given up. */
const silentEnd = 'closed before a message was complete';

export interface Messages {
  /**
   * Reads the next message; data is read only on demand.
   * @throws Error when the stream ends first
   */
  next(): Promise<unknown>;
}

export function isSilentEnd(error: unknown): boolean {
  return error instanceof Error && error.message === silentEnd;
}

/** @throws AppError `too_large` */
export function encodeMessage(message: unknown): string {
  const line = `${JSON.stringify(message)}\n`;
  if (Buffer.byteLength(line) > maxBytes) {
    throw new AppError('too_large', 'The message to the running server exceeds 16 MiB.');
  }
  return line;
}

/** Resolves when the peer is ready for more data. */
export function writeMessage(socket: Socket, message: unknown): Promise<void> {
  const line = encodeMessage(message);
  return new Promise((resolve, reject) => {
    socket.write(line, (error) => (error ? reject(error) : resolve()));
  });
}

export function readMessages(socket: Socket): Messages {
  // The iterator keeps its error listener, so that a late error does not terminate the process.
  const lines = readLines(socket);
  return {
    async next() {
      const { done, value } = await lines.next();
      if (done === true) throw new Error(silentEnd);
      return JSON.parse(value) as unknown;
    },
  };
}

async function* readLines(socket: Socket): AsyncGenerator<string, undefined> {
  let parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of chunksOf(socket)) {
    let rest = chunk;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      yield Buffer.concat([...parts, rest.subarray(0, end)]).toString();
      [parts, sizeBytes, rest] = [[], 0, rest.subarray(end + 1)];
    }
    parts.push(rest);
    sizeBytes += rest.length;
    if (sizeBytes > maxBytes) throw new Error('a message exceeded the size limit');
  }
  return undefined;
}

/** Treats a reset connection like one that the peer closed. */
async function* chunksOf(socket: Socket): AsyncGenerator<Buffer, undefined> {
  try {
    // No encoding is set, so the stream yields buffers.
    for await (const chunk of socket) yield chunk as Buffer;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && isCut(error.code))) throw error;
  }
  return undefined;
}

function isCut(code: unknown): boolean {
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET';
}
