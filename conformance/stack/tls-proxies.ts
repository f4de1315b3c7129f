// The reverse proxies that terminate TLS in front of the suite and of the provider.
import { once } from 'node:events';
import {
  Agent,
  request,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import { createServer, type Server } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Identity } from './certificates.ts';

export interface ProxyOptions {
  readonly identity: Identity;
  readonly port: number;
  readonly upstreamPort: number;
  /** Asks for a client certificate and passes it on, escaped as nginx does, in this header. */
  readonly certificateHeader?: string;
}

/** The suites of TLS 1.2 that FAPI 2.0 §5.2.1 permits, and those of TLS 1.3. */
export const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
].join(':');

export async function startTlsProxy(options: ProxyOptions): Promise<Server> {
  const { identity, port, certificateHeader } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const server = createServer(
    {
      ...identity,
      ciphers,
      minVersion: 'TLSv1.2',
      requestCert: certificateHeader !== undefined,
      rejectUnauthorized: false,
    },
    (req, res) => forward(req, res, { ...options, agent }),
  );
  // The suite holds some requests open for up to a minute.
  server.requestTimeout = 0;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function forward(
  incoming: IncomingMessage,
  answer: ServerResponse,
  { upstreamPort, port, certificateHeader, agent }: ProxyOptions & { readonly agent: Agent },
): void {
  const { socket } = incoming;
  const [host = 'localhost'] = (incoming.headers.host ?? '').split(':');
  const facts = {
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': host,
    'x-forwarded-port': String(port),
    ...(socket instanceof TLSSocket
      ? { 'x-ssl-protocol': socket.getProtocol() ?? '', 'x-ssl-cipher': socket.getCipher().name }
      : {}),
  };
  const headers: OutgoingHttpHeaders = { ...incoming.headers, ...facts };
  if (certificateHeader !== undefined && socket instanceof TLSSocket) {
    const { raw } = socket.getPeerCertificate();
    headers[certificateHeader] = raw === undefined ? '' : encodeURIComponent(pemOf(raw));
    // No authority is known here, so a chain is never verified.
    headers['x-ssl-client-verify'] = raw === undefined ? 'NONE' : 'FAILED:self-signed certificate';
  }
  const { method, url } = incoming;
  const upstream = request({
    port: upstreamPort,
    host: '127.0.0.1',
    method,
    path: url,
    headers,
    agent,
  });
  upstream.on('response', (response) => {
    answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
    response.pipe(answer);
  });
  upstream.on('error', () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
  incoming.pipe(upstream);
}

function pemOf(raw: Buffer): string {
  const lines = raw.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
