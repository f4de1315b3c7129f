// What a browser or program calls itself, in a few words that people recognise. The words are names
// (no language needs to translate them), and what is shown is never the raw header.
import { BROWSER_MAP, parse } from 'bowser';

/** Longer headers are no device's own; parsing them costs more than they tell. */
const longestHeader = 512;
const longestName = 60;
/** The library takes over what it does not know; such a name would be a stranger's words in a mail. */
const knownBrowsers: ReadonlySet<string> = new Set(Object.values(BROWSER_MAP));

/** `Firefox, Windows`; a program by its own name; empty when nothing is known. */
export function describeDevice(userAgent: string): string {
  if (userAgent === '') return '';
  const { browser, os, platform } = parse(userAgent.slice(0, longestHeader));
  const known = knownBrowsers.has(browser.name ?? '') ? browser.name : undefined;
  const device = platform.vendor === undefined ? os.name : (platform.model ?? os.name);
  const parts = [known, device].filter((part) => part !== undefined && part !== '');
  if (os.name !== undefined) return cleaned(parts.join(', '));
  // No dots: what looks like an address becomes a link in a mail.
  return cleaned(/^[\w-]+(?=\/|\s|$)/.exec(userAgent)?.[0] ?? '');
}

/** Parts of the header reach the name, and whoever sends it chose them. */
function cleaned(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N} ,.()_-]/gu, '').slice(0, longestName);
}
