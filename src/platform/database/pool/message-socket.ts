// The socket of a connection to PostgreSQL without TLS. A statement is a few small messages in each direction, for
// which Node.js does more than needed: it allocates 64 KB for each read, and hands messages that are written
// together to the system one by one.
import { Socket } from 'node:net';

/** All sockets read into it: its content is copied before another of them can read. */
const received = Buffer.allocUnsafeSlow(64 * 1024);

interface Chunk {
  readonly chunk: Uint8Array;
  /** Of a chunk of bytes: the word "buffer", which the types of Node.js do not know. */
  readonly encoding: BufferEncoding;
}

export class MessageSocket extends Socket {
  constructor() {
    super({
      onread: {
        buffer: received,
        callback: (length) => {
          this.emit('data', Buffer.from(received.subarray(0, length)));
          return true;
        },
      },
    });
  }

  /** Messages written between `cork` and `uncork`; pg writes bytes only. */
  override _writev(chunks: readonly Chunk[], callback: (error?: Error | null) => void): void {
    const [first] = chunks;
    if (!first) return callback();
    // oxlint-disable-next-line no-underscore-dangle -- the name is that of Node.js
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), first.encoding, callback);
  }
}
