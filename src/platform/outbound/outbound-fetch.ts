// HTTP requests to URLs that a client registered (back-channel logout, JWKS). Protects against
// SSRF: the decision uses the address that is actually connected to, so no DNS name can lead to an
// internal address; redirects are not followed and the response size is limited. Networks in
// OUTBOUND_ALLOW are exempt.
import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { createObservation, type Observation } from '#platform/observation/observation.ts';
import { createNetworkMatcher } from './networks.ts';

/**
 * Networks that are not public: the IANA special-purpose registries, multicast, and for IPv6
 * everything outside 2000::/3, the only block from which IANA assigns global unicast addresses (RFC
 * 4291 §2.4). The excluded range contains most forms that embed an IPv4 address, which a gateway
 * would translate: mapped, compatible, translated (::ffff:0:0:0/96, RFC 2765 §2.1) and 64:ff9b::/96
 * (RFC 6052).
 */
const specialNetworksIpv6 = [
  '::/3',
  '4000::/2',
  '8000::/1',
  // Exceptions in 2000::/3: protocol assignments with Teredo and ORCHID, documentation, 6to4,
  // AS112.
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3fff::/20',
];
const specialNetworksIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** Maximum response size in bytes by default; the largest expected response is a key set. */
const maxResponseBytes = 64 * 1024;

export interface OutboundRequest {
  readonly method?: string | undefined;
  readonly headers?: ConstructorParameters<typeof Headers>[0];
  readonly body?: string | URLSearchParams | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Maximum size of the response. */
  readonly maxBytes?: number | undefined;
}

export type OutboundFetch = (url: string | URL, request?: OutboundRequest) => Promise<Response>;

export interface OutboundOptions {
  readonly allow: readonly string[];
  readonly observation?: Observation;
}

const oneRequest = { kind: 'outbound', name: 'request' } as const;

/** Which addresses may be connected to. */
export function createOutboundAddresses({ allow }: { allow: readonly string[] }) {
  const isSpecial = createSpecialMatcher();
  const isAllowed = createNetworkMatcher(allow);
  const mayReach = (address: string) => isAllowed(address) || !isSpecial(address);
  return {
    mayReach,
    /** True for an IP address in the URL; names are resolved when they are connected to. */
    isRefused(url: URL): boolean {
      const host = url.hostname.replace(/^\[|\]$/g, '');
      return isIP(host) !== 0 && !mayReach(host);
    },
  };
}

export type OutboundAddresses = ReturnType<typeof createOutboundAddresses>;

/**
 * Returns a `fetch` that connects to public addresses only. Redirects are returned as responses.
 */
export function createOutboundFetch({
  allow,
  observation = createObservation(),
}: OutboundOptions): OutboundFetch {
  const addresses = createOutboundAddresses({ allow });
  const lookup = createLookup(addresses.mayReach);

  return async function fetchOutside(address, request = {}) {
    const { method = 'GET', headers, body, signal, maxBytes = maxResponseBytes } = request;
    const url = new URL(address);
    // An IP address in the URL is connected to without a lookup, so it is checked here.
    if (addresses.isRefused(url)) throw unreachable();
    const text = body?.toString();
    const options = { method, headers: headersOf(headers, text), lookup, agent: false, signal };
    return observation.run(oneRequest, async () => {
      const answer = await send(url, text, options);
      return responseOf(answer, await readAnswer(answer, maxBytes));
    });
  };
}

/** Two lists, because a matcher finds every IPv4 address, in its mapped form, inside ::/3. */
function createSpecialMatcher(): (address: string) => boolean {
  const isSpecialIpv4 = createNetworkMatcher(specialNetworksIpv4);
  const isSpecialIpv6 = createNetworkMatcher(specialNetworksIpv6);
  return (address) => (isIP(address) === 4 ? isSpecialIpv4(address) : isSpecialIpv6(address));
}

function createLookup(mayReach: (address: string) => boolean): LookupFunction {
  return (hostname, options: LookupOptions, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) return callback(error, []);
      const reachable = found.filter(({ address }) => mayReach(address));
      const [first] = reachable;
      if (!first) return callback(unreachable(), []);
      return options.all === true
        ? callback(null, reachable)
        : callback(null, first.address, first.family);
    });
  };
}

function send(url: URL, body: string | undefined, options: Options): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  if (!/^https?:$/.test(url.protocol)) return Promise.reject(unreachable());
  const { signal, ...rest } = options;
  return new Promise((resolveAnswer, reject) => {
    request(url, signal ? { ...rest, signal } : rest)
      .on('response', resolveAnswer)
      .on('error', reject)
      .end(body);
  });
}

interface Options extends RequestOptions {
  readonly signal: AbortSignal | undefined;
}

async function readAnswer(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer) {
    const bytes = Buffer.from(part);
    size += bytes.length;
    // Leaving the loop closes the connection.
    if (size > maxBytes) throw new Error('The response is too large.');
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

function responseOf({ statusCode = 0, rawHeaders }: IncomingMessage, body: Buffer): Response {
  if (statusCode < 200 || statusCode > 599) throw new Error('The response has an invalid status.');
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  }
  const mayHaveBody = ![204, 205, 304].includes(statusCode);
  return new Response(mayHaveBody ? new Uint8Array(body) : null, { status: statusCode, headers });
}

function headersOf(headers: OutboundRequest['headers'], body: string | undefined) {
  const own = Object.fromEntries(new Headers(headers));
  return body === undefined ? own : { ...own, 'content-length': Buffer.byteLength(body) };
}

/**
 * The message is the same for every reason, so that it reveals nothing about the internal network.
 */
function unreachable(): Error {
  return new Error('The address cannot be reached from here.');
}
