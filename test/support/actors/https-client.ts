// An HTTPS client on this machine, which may present a certificate. It verifies the server, keeps its
// connections, and does not follow redirects.
import { once } from 'node:events';
import { Agent, request as sendRequest } from 'node:https';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { CleanUp } from '#test/support/services/databases.ts';
import { exchange, type Send } from './http-client.ts';

/** The CA of the server, and the certificate and key of the client. */
export type TlsFacts = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'maxVersion' | 'session'>;

/** Sends requests to the port of their URL; its host name must be in the certificate of the server. */
export function createHttpsClient(t: CleanUp, facts: TlsFacts): Send {
  const agent = new Agent({ keepAlive: true, ...facts });
  t.after(async () => agent.destroy());

  return async (url, request = {}) => {
    const { hostname: servername, host, port, pathname, search } = new URL(url);
    const place = { host: '127.0.0.1', servername, port, path: pathname + search };
    return exchange(request, ({ method, headers }) =>
      sendRequest({ agent, method, ...place, headers: { ...headers, host } }),
    );
  };
}

/** A new connection to the port of the URL, after its handshake. */
export async function openTls(
  { authority }: { readonly authority: { readonly pem: string } },
  url: string,
  options: ConnectionOptions = {},
): Promise<TLSSocket> {
  const { hostname: servername, port } = new URL(url);
  const place = { host: '127.0.0.1', port: Number(port), servername };
  const socket = connect({ ca: authority.pem, ...place, ...options });
  await once(socket, 'secureConnect');
  return socket;
}
