// Local ports, and waiting for programs that listen on them.
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const triesPerSecond = 10;
const patienceSeconds = 90;

/** Different free ports of 127.0.0.1: all are held until the last one is known. */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  // The servers listen on TCP ports, not on pipes.
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** Resolves on any HTTP response; rejects with the output of the program if none arrives. */
export async function waitForHttp(url: URL, output: () => string): Promise<void> {
  for (let tries = 0; tries < patienceSeconds * triesPerSecond; tries += 1) {
    try {
      await (await fetch(url, { redirect: 'manual' })).arrayBuffer();
      return;
    } catch {
      await pause(1000 / triesPerSecond);
    }
  }
  throw new Error(`No response from ${url.href}: ${output()}`);
}
