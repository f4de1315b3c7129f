// The load generator reads answers with a length and answers in chunks (RFC 9112 §7.1), in any pieces.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { it, type TestContext } from 'node:test';
import { openConnection } from '#bench/load/connection.ts';

async function send(socket: Socket, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    await new Promise<void>((resolve) => {
      socket.write(piece, 'latin1', () => setImmediate(resolve));
    });
  }
}

/** Sends these pieces for each request, each in a packet of its own. */
async function connectTo(t: TestContext, pieces: readonly string[]) {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', () => void send(socket, pieces));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  const connection = await openConnection(port);
  t.after(() => {
    connection.close();
    server.close();
  });
  return connection;
}

const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

it('puts chunks together, however they arrive, and reuses the connection', async (t) => {
  const pieces = [`${chunked}5\r\nfi`, 'rst\r', '\n9;x=y\r\n and\r\n2nd\r\n', '0\r', '\n\r\n'];
  const connection = await connectTo(t, pieces);

  for (const _ of [1, 2]) {
    const { status, body } = await connection.exchange('GET / HTTP/1.1\r\n\r\n');
    assert.equal(status, 200);
    assert.equal(body, 'first and\r\n2nd');
  }
});

it('reads an answer with a length', async (t) => {
  const connection = await connectTo(t, ['HTTP/1.1 400 Bad\r\nContent-Length: 5\r\n\r\nwr', 'ong']);

  const { status, body } = await connection.exchange('GET / HTTP/1.1\r\n\r\n');
  assert.deepEqual([status, body], [400, 'wrong']);
});
