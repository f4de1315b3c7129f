// Parses IP addresses and networks (CIDR) from settings and matches addresses against them.
import { BlockList, isIP } from 'node:net';

/** Accepts an IPv4 or IPv6 address or network. A network of all addresses (/0) is refused. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = address.includes('%') ? 0 : isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
}

/** Returns a predicate for addresses in these networks; ::ffff:10.0.0.1 matches like 10.0.0.1. */
export function createNetworkMatcher(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = familyOf(address);
    if (prefix === undefined) list.addAddress(address, family);
    if (prefix !== undefined) list.addSubnet(address, Number(prefix), family);
  }

  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

/**
 * True if a host can only be this machine: a loopback address, or a name for one (RFC 6761 §6.3).
 */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return createNetworkMatcher(['127.0.0.0/8', '::1'])(name);
}

/**
 * True for the hosts at which a native app may receive an authorization response over plain HTTP: a
 * loopback address or `localhost`, but no other name (RFC 8252 §7.3 and §8.3).
 */
export function isLoopbackRedirectHost(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
