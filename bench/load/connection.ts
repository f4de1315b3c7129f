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
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`Response without Content-Length: ${head}`);
  const body = text.slice(end + 4);
  if (body.length < Number(length)) return undefined;
  return { status: Number(head.slice(9, 12)), head, body };
}

/** All values of a header, in order. */
export function headersOf({ head }: Answer, name: string): readonly string[] {
  const lines = head.split('\r\n').map((line) => line.split(/: (.*)/, 2));
  return lines.flatMap(([key = '', value = '']) => (key.toLowerCase() === name ? [value] : []));
}
