// What stands in front of the application in production: a server that speaks TLS to browsers and
// plain HTTP to us.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Closing } from '#test/stage/databases.ts';
import type { Send } from '#test/roles/wire.ts';
import { makeIdentity } from './certificate.ts';

export interface TlsFront {
  /** The issuer that browsers reach through it. */
  readonly issuer: string;
  /** Who answers; to be said before the first request. */
  leadTo(send: Send): void;
}

/** Headers of one connection, which the next one has of its own. */
const hopByHop = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host'];

export async function startTlsFront(t: Closing): Promise<TlsFront> {
  const late: { send?: Send } = {};
  const server = createServer(makeIdentity(), (req, res) => void answer(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
  const issuer = `https://127.0.0.1:${port}`;

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (!late.send) throw new Error('Nobody is behind the front yet.');
    const response = await late.send(`${issuer}${req.url ?? '/'}`, {
      method: req.method ?? 'GET',
      headers: headersOf(req),
      body: req.method === 'POST' ? await text(req) : undefined,
    });
    res.statusCode = response.status;
    for (const [name, value] of response.headers) {
      if (!hopByHop.includes(name)) res.appendHeader(name, value);
    }
    res.end(Buffer.from(await response.arrayBuffer()));
  }

  return {
    issuer,
    leadTo(send) {
      late.send = send;
    },
  };
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => !hopByHop.includes(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
