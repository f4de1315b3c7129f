// The socket of a connection to PostgreSQL without TLS. A statement is a few small messages in each direction, for
// which Node.js does more than needed: it allocates 64 KB for each read, and passes messages that are written
// together to the system as a list of buffers, which costs more than one buffer.
import { Socket } from 'node:net';

/** Shared by all sockets: its content is copied before another socket can read. */
const received = Buffer.allocUnsafeSlow(64 * 1024);

interface Chunk {
  readonly chunk: Uint8Array;
  /** `'buffer'` for bytes, a value that the types of Node.js lack. */
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
