// Where a request really comes from. X-Forwarded-For counts only as far as proxies we were told to
// trust have written it; every other forwarding header is ignored.
import { isIP, SocketAddress } from 'node:net';
import type { Context } from '#http/context.ts';
import { createNetworkMatcher } from '#platform/outbound/networks.ts';

const mappedPrefix = '::ffff:';

/** One spelling per address: no IPv4-mapped IPv6, no zone, IPv6 in its canonical form. */
function canonicalAddress(text: string): string | undefined {
  if (isIP(text) === 4) return text;
  if (isIP(text) === 0 || text.includes('%')) return undefined;
  const { address } = new SocketAddress({ address: text, family: 'ipv6' });
  const mapped = address.slice(mappedPrefix.length);
  return address.startsWith(mappedPrefix) && isIP(mapped) === 4 ? mapped : address;
}

/** Some proxies add a port, and brackets around IPv6. */
function readForwarded(entry: string): string | undefined {
  const text = entry.trim();
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1];
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(text)?.[1];
  return canonicalAddress(bracketed ?? withPort ?? text);
}

export function createClientAddress({ trustedProxies }: { trustedProxies: readonly string[] }) {
  const isTrusted = createNetworkMatcher(trustedProxies);

  /** From our end towards the client, as far as each hop was written by someone we trust. */
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
    /** Sets `ctx.ip` and says whether a trusted proxy handed the request to us. */
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
