// Determines the client's IP address. X-Forwarded-For counts only as far as trusted proxies have
// written it; every other forwarding header is ignored.
import { isIP, SocketAddress } from 'node:net';
import type { Context } from '#http/context.ts';
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

  return {
    isTrusted,
    /** Sets `ctx.ip` and reports whether the peer is a trusted proxy. */
    identify(ctx: Context): { readonly viaTrustedProxy: boolean } {
      const { remoteAddress = '' } = ctx.req.socket;
      const peer = canonicalAddress(remoteAddress.replace(/%.*$/, '')) ?? '';
      const viaTrustedProxy = isTrusted(peer);
      ctx.request.ip = viaTrustedProxy ? findClient(peer, ctx.get('X-Forwarded-For')) : peer;
      return { viaTrustedProxy };
    },
  };
}
export type ClientAddress = ReturnType<typeof createClientAddress>;
