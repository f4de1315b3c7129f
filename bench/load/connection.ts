// A keep-alive connection that sends one request at a time, optimized for low overhead, because the
// generator shares the machine with the server. Parses only responses as these servers send them.
import { once } from 'node:events';
import { connect } from 'node:net';

export interface Answer {
  readonly status: number;
  /** The status line and the headers, unparsed. */
  readonly head: string;
  readonly body: string;
}

export interface LoadConnection {
  exchange(request: string): Promise<Answer>;
  close(): void;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export async function openConnection(port: number): Promise<LoadConnection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let received = '';
  let waiting: Waiting | undefined;
  socket.setEncoding('latin1'); // one character per byte, so that lengths can be compared
  await once(socket, 'connect');

  socket.on('data', (chunk: string) => {
    received += chunk;
    const answer = readAnswer(received);
    if (!answer) return;
    received = '';
    waiting?.resolve(answer);
  });
  const fail = () => waiting?.reject(new Error('The server closed a connection.'));
  socket.on('error', fail).on('close', fail);

  return {
    exchange(request) {
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      });
    },
    close() {
      waiting = undefined;
      socket.destroy();
    },
  };
}

/** The response once it is complete; `undefined` until then. */
function readAnswer(text: string): Answer | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = text.slice(0, end);
  const status = Number(head.slice(9, 12));
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) {
    const whole = readChunks(text, end + 4, head);
    return whole === undefined ? undefined : { status, head, body: whole };
  }
  const body = text.slice(end + 4);
  return body.length < Number(length) ? undefined : { status, head, body };
}

/** The body in chunks from `start` (RFC 9112 §7.1), without trailers; `undefined` if it is incomplete. */
function readChunks(text: string, start: number, head: string): string | undefined {
  if (!/\r\ntransfer-encoding: chunked/i.test(head)) {
    throw new Error(`Response without a length: ${head}`);
  }
  let body = '';
  for (let at = start; ;) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    if (Number.isNaN(size)) throw new Error(`Chunk without a size: ${head}`);
    const chunkEnd = lineEnd + 2 + size;
    if (text.length < chunkEnd + 2) return undefined;
    if (size === 0) return body;
    body += text.slice(lineEnd + 2, chunkEnd);
    at = chunkEnd + 2;
  }
}

/** All values of a header, in order. */
export function headersOf({ head }: Answer, name: string): readonly string[] {
  const lines = head.split('\r\n').map((line) => line.split(/: (.*)/, 2));
  return lines.flatMap(([key = '', value = '']) => (key.toLowerCase() === name ? [value] : []));
}
