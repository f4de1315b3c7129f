// Determines the client's IP address. X-Forwarded-For counts only as far as trusted proxies have
// written it; every other forwarding header is ignored.
import type { IncomingMessage } from 'node:http';
import { isIP, SocketAddress, type Socket } from 'node:net';
import { createNetworkMatcher } from '#platform/outbound/networks.ts';

const mappedPrefix = '::ffff:';

/** Returns one spelling per address: no IPv4-mapped IPv6, no zone, canonical IPv6. */
function canonicalAddress(text: string): string | undefined {
  if (isIP(text) === 4) return text;
  if (isIP(text) === 0 || text.includes('%')) return undefined;
  const { address } = new SocketAddress({ address: text, family: 'ipv6' });
  const mapped = address.slice(mappedPrefix.length);
  return address.startsWith(mappedPrefix) && isIP(mapped) === 4 ? mapped : address;
}

/** Some proxies add a port, and brackets around an IPv6 address. */
function readForwarded(entry: string): string | undefined {
  const text = entry.trim();
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1];
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(text)?.[1];
  return canonicalAddress(bracketed ?? withPort ?? text);
}

export interface SenderAddress {
  readonly address: string;
  readonly viaTrustedProxy: boolean;
}

export function createClientAddress({ trustedProxies }: { trustedProxies: readonly string[] }) {
  const isTrusted = createNetworkMatcher(trustedProxies);

  /** Walks from the peer towards the client for as long as a trusted proxy wrote the hop. */
  function findClient(peer: string, forwardedFor: string): string {
    const hops = forwardedFor === '' ? [] : forwardedFor.split(',');
    let client = peer;
    while (isTrusted(client)) {
      const hop = hops.pop();
      const address = hop === undefined ? undefined : readForwarded(hop);
      if (address === undefined) return client;
      client = address;
    }
    return client;
  }

  /** The address of the peer, which is the same for all requests of a connection. */
  const peers = new WeakMap<Socket, SenderAddress>();

  function peerOf(socket: Socket): SenderAddress {
    const known = peers.get(socket);
    if (known) return known;
    const { remoteAddress = '' } = socket;
    const address = canonicalAddress(remoteAddress.replace(/%.*$/, '')) ?? '';
    const peer = { address, viaTrustedProxy: isTrusted(address) };
    // Not for a closed connection, which has no address.
    if (address !== '') peers.set(socket, peer);
    return peer;
  }

  return {
    isTrusted,
    /** The address of the client, and whether the peer is a trusted proxy. */
    identify(req: IncomingMessage): SenderAddress {
      const peer = peerOf(req.socket);
      if (!peer.viaTrustedProxy) return peer;
      // Node joins the lines of a repeated header.
      const forwardedFor = req.headers['x-forwarded-for'] ?? '';
      return { address: findClient(peer.address, String(forwardedFor)), viaTrustedProxy: true };
    },
  };
}
export type ClientAddress = ReturnType<typeof createClientAddress>;
