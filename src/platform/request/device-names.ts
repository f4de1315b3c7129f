// Describes a browser or program in a few recognizable words, which are proper names and need no translation.
// The raw header is never shown.
import { BROWSER_MAP, parse } from 'bowser';

/** No real user agent is longer, and parsing long headers is expensive. */
const maxHeaderLength = 512;
const maxNameLength = 60;
/**
 * The library passes unknown names through. Such a name would put text chosen by the sender into
 * mail.
 */
const knownBrowsers: ReadonlySet<string> = new Set(Object.values(BROWSER_MAP));

/** Returns for example `Firefox, Windows`, the name of a program, or an empty text if unknown. */
export function describeDevice(userAgent: string): string {
  if (userAgent === '') return '';
  const { browser, os, platform } = parse(userAgent.slice(0, maxHeaderLength));
  const known = knownBrowsers.has(browser.name ?? '') ? browser.name : undefined;
  const device = platform.vendor === undefined ? os.name : (platform.model ?? os.name);
  const parts = [known, device].filter((part) => part !== undefined && part !== '');
  if (os.name !== undefined) return cleaned(parts.join(', '));
  // Dots are excluded: mail programs turn text that looks like a domain into a link.
  return cleaned(/^[\w-]+(?=\/|\s|$)/.exec(userAgent)?.[0] ?? '');
}

export type DeviceKind = 'phone' | 'tablet' | 'computer' | 'program';

/** The kind of device, for an icon; a program if neither the device type nor the browser is known. */
export function kindOfDevice(userAgent: string): DeviceKind {
  if (userAgent === '') return 'program';
  const { browser, platform } = parse(userAgent.slice(0, maxHeaderLength));
  if (platform.type === 'mobile') return 'phone';
  if (platform.type === 'tablet') return 'tablet';
  const isComputer = platform.type === 'desktop' || knownBrowsers.has(browser.name ?? '');
  return isComputer ? 'computer' : 'program';
}

/** Removes unexpected characters, because parts of the name come from the sender of the header. */
function cleaned(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N} ,.()_-]/gu, '').slice(0, maxNameLength);
}
