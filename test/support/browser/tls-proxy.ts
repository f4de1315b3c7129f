// A TLS-terminating reverse proxy, as in production: TLS to browsers and plain HTTP to the
// application.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { CleanUp } from '#test/support/services/databases.ts';
import type { Send } from '#test/support/actors/http-client.ts';
import { makeIdentity } from './certificate.ts';

export interface TlsFront {
  /** The issuer URL as browsers see it. */
  readonly issuer: string;
  /** Sets the upstream server; must be called before the first request. */
  leadTo(send: Send): void;
}

/** Hop-by-hop headers, which are not forwarded. */
const hopByHop = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host'];

export async function startTlsProxy(t: CleanUp): Promise<TlsFront> {
  const late: { send?: Send } = {};
  const server = createServer(makeIdentity(), (req, res) => void answer(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo; // A TCP port, not a pipe.
  const issuer = `https://127.0.0.1:${port}`;

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (!late.send) throw new Error('The proxy has no upstream server yet.');
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
