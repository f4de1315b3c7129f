// The header formats in which reverse proxies pass on client certificates. Each reader returns the
// certificate as PEM or DER, unparsed, and reads only what the proxy itself writes.
import { X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export type HeaderForm = 'nginx' | 'caddy' | 'envoy' | 'alb' | 'rfc9440';

export interface ClientCertificate {
  readonly certificate: X509Certificate;
  /** True if the chain was verified up to a CA that the operator trusts. */
  readonly isVerified: boolean;
}

/** The value of a header that must not be repeated: Node joins repetitions with a comma. */
type ReadHeader = (name: string) => string | undefined;
type Reader = (read: ReadHeader, verifies: boolean) => string | Buffer | undefined;

const certificateHeader = 'x-ssl-client-cert';
const pem = /^(?:\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----)+\s*$/;
const pemEnd = '-----END CERTIFICATE-----';

const readers: Readonly<Record<HeaderForm, Reader>> = {
  nginx: (read) => escapedPem(read(certificateHeader)),
  caddy: (read) => derOf(read(certificateHeader)),
  envoy: (read) => escapedPem(lastCertificate(read('x-forwarded-client-cert'))),
  // The load balancer writes one of the two headers, depending on its mode; the other one would come from the
  // client.
  alb: (read, verifies) =>
    escapedPem(read(verifies ? 'x-amzn-mtls-clientcert-leaf' : 'x-amzn-mtls-clientcert')),
  rfc9440: (read) => derOf(/^:([A-Za-z0-9+/=]+):$/.exec(read('client-cert')?.trim() ?? '')?.[1]),
};

/**
 * The certificate in the headers of a trusted proxy, if there is a readable one.
 * @param verifies whether the operator stated that the proxy verifies chains
 */
export function readCertificate(
  form: HeaderForm,
  headers: IncomingHttpHeaders,
  verifies: boolean,
): ClientCertificate | undefined {
  const read: ReadHeader = (name) => {
    const value = headers[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const text = readers[form](read, verifies);
  const certificate = text && parse(text);
  if (!certificate) return undefined;
  // nginx also passes on certificates whose verification has failed (`optional_no_ca`).
  const isConfirmed = form !== 'nginx' || read('x-ssl-client-verify') === 'SUCCESS';
  return { certificate, isVerified: verifies && isConfirmed };
}

function parse(text: string | Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(text);
  } catch {
    return undefined;
  }
}

/** The first certificate, which is the client's; AWS may append the chain. `+` is no space here. */
function escapedPem(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  try {
    const text = decodeURIComponent(value);
    return pem.test(text) ? text.slice(0, text.indexOf(pemEnd) + pemEnd.length) : undefined;
  } catch {
    return undefined;
  }
}

function derOf(value: string | undefined): Buffer | undefined {
  if (value === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return undefined;
  return Buffer.from(value, 'base64');
}

/**
 * The certificate of the last element: each proxy appends one, and only the last was written by the
 * trusted peer. An element consists of pairs, whose values may be quoted.
 */
function lastCertificate(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const pairs = splitOutsideQuotes(lastElement(header)).map((pair) => pair.trim());
  const values = pairs.filter((pair) => /^cert=/i.test(pair)).map((pair) => pair.slice(5));
  const [value] = values;
  if (value === undefined || values.length > 1) return undefined;
  return value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value;
}

/**
 * Read from its end, which the trusted peer has written: elements before it may come from the client,
 * and could open a quotation that ends in the last one.
 */
function lastElement(header: string): string {
  let isQuoted = false;
  for (let at = header.length - 1; at >= 0; at -= 1) {
    const char = header.charAt(at);
    if (char === '"' && !isEscaped(header, at)) isQuoted = !isQuoted;
    if (char === ',' && !isQuoted) return header.slice(at + 1);
  }
  return header;
}

/** True after an odd number of backslashes. */
function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (text.charAt(start - 1) === '\\') start -= 1;
  return (at - start) % 2 === 1;
}

function splitOutsideQuotes(text: string): string[] {
  const parts = [''];
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"') isQuoted = !isQuoted;
    const isEscape = isQuoted && char === '\\';
    if (char === ';' && !isQuoted) parts.push('');
    else parts.push((parts.pop() ?? '') + (isEscape ? text.slice(at, at + 2) : char));
    if (isEscape) at += 1;
  }
  return parts;
}
