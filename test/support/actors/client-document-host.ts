// An https server with the metadata document of a client, whose certificate this process trusts.
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { makeIdentity } from '#test/support/browser/certificate.ts';
import type { CleanUp } from '#test/support/services/databases.ts';

/** Created before any host: of several certificates with the same subject, only the first would be tried. */
const trusted = tls.getCACertificates('default');

export interface DocumentHost {
  /** The URL of the document, which is the client_id. */
  readonly clientId: string;
  /** The members besides client_id; `undefined` answers 404. */
  document: Readonly<Record<string, unknown>> | undefined;
  /** Replaces parts of the response. */
  response: { status?: number; headers?: Readonly<Record<string, string>>; body?: string };
  /** Number of requests for the document. */
  readonly requests: () => number;
}

export async function startDocumentHost(t: CleanUp): Promise<DocumentHost> {
  const identity = makeIdentity('localhost');
  tls.setDefaultCACertificates([...trusted, identity.cert]);
  t.after(async () => tls.setDefaultCACertificates(trusted));
  let requests = 0;
  const server = createServer(identity, (_req, res) => {
    requests += 1;
    const { document, response } = host;
    const { status = document === undefined ? 404 : 200, headers = {} } = response;
    res.writeHead(status, { 'content-type': 'application/json', ...headers });
    res.end(response.body ?? JSON.stringify({ client_id: host.clientId, ...document }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo; // it listens on a TCP port
  const host: DocumentHost = {
    clientId: `https://localhost:${port}/client.json`,
    document: {
      client_name: 'Reader',
      redirect_uris: ['https://reader.example/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    },
    response: {},
    requests: () => requests,
  };
  return host;
}
