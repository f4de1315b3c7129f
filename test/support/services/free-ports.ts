// Free TCP ports of this machine.
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** Different free ports of 127.0.0.1: all are held until the last one is known. */
export async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  // The servers listen on TCP ports, not on pipes.
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

export async function findFreePort(): Promise<number> {
  const [port = 0] = await findFreePorts(1);
  return port;
}
