// A PostgreSQL server that terminates TLS: the client sends a request for it, and the handshake follows the
// answer "S". Behind it is the server of the tests.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { Client } from 'pg';
import type { Identity } from '#test/support/browser/certificate.ts';
import type { CleanUp } from './databases.ts';

/** Length 8, and the number that stands for a request for TLS. */
const tlsRequest = Buffer.from('0000000804d2162f', 'hex');

/** @returns the URL of the same database, without parameters about TLS */
export async function startTlsPostgres(t: CleanUp, url: string, identity: Identity) {
  const target = new Client({ connectionString: url });
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.once('data', (request) => {
      if (request.equals(tlsRequest)) pass(client);
      else client.destroy();
    });
  });

  function pass(client: Socket): void {
    client.write('S');
    const decrypted = new TLSSocket(client, { isServer: true, ...identity });
    const postgres = connectTo(target);
    decrypted.pipe(postgres).pipe(decrypted);
    decrypted.on('error', () => postgres.destroy()).on('close', () => postgres.destroy());
    postgres.on('error', () => client.destroy());
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo; // a TCP port, not a pipe
  const { user = '', database = '', password } = target;
  const name = password === null ? user : `${user}:${password}`;
  return `postgres://${name}@localhost:${port}/${database}`;
}

function connectTo({ host, port }: Client): Socket {
  return host.startsWith('/') ? connect(join(host, `.s.PGSQL.${port}`)) : connect(port, host);
}
