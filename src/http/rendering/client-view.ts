/**
 * Builds what pages show of a client: a name that cannot break the surrounding text, and links that
 * are safe to follow. It does not decide whether the client is trusted.
 */
import { readTheme } from '#core/clients/client-theme.ts';
import { plainText } from '#http/i18n/locales.ts';
import { logoKey } from '#http/logo-address.ts';
import { themeFile } from './theme-style.ts';

export interface ClientView {
  readonly name: string;
  /** The name of its copy on this server (logo-address.ts). */
  readonly logoKey?: string | undefined;
  readonly policyUri?: string | undefined;
  readonly tosUri?: string | undefined;
  readonly uri?: string | undefined;
  /**
   * The host of the redirect URI. Unlike the other fields it is verified, since responses are sent
   * there.
   */
  readonly host?: string | undefined;
  /** The style sheet with the client's colors; `undefined` for the default colors. */
  readonly themeFile?: string | undefined;
}

const maxNameLength = 48;
/**
 * Stacked combining marks overlap the lines above and below; no writing system needs more than
 * four.
 */
const tallStack = /(\p{Mark}{4})\p{Mark}+/gu;
const logoProtocols: readonly string[] = ['https:'];
const linkProtocols: readonly string[] = ['https:', 'http:'];

function parseSafely(uri: string | undefined, protocols: readonly string[]): URL | undefined {
  const url = uri === undefined ? null : URL.parse(uri);
  if (url === null || !protocols.includes(url.protocol)) return undefined;
  return url.username === '' && url.password === '' ? url : undefined;
}

function logoKeyOf(uri: string | undefined): string | undefined {
  return uri !== undefined && parseSafely(uri, logoProtocols) ? logoKey(uri) : undefined;
}

/** Limits an untrusted name to one line of bounded length and height. */
export function presentName(name: string): string {
  const characters = Array.from(plainText(name).replaceAll(tallStack, '$1'));
  if (characters.length <= maxNameLength) return characters.join('');
  return `${characters.slice(0, maxNameLength - 1).join('')}…`;
}

/** Builds the view of a client from its registered metadata, none of which is trusted. */
export function presentClient(client: {
  readonly clientId: string;
  readonly clientName?: string | undefined;
  readonly logoUri?: string | undefined;
  readonly policyUri?: string | undefined;
  readonly tosUri?: string | undefined;
  readonly clientUri?: string | undefined;
  readonly redirectUri?: string | undefined;
  readonly theme?: unknown;
}): ClientView {
  const theme = client.theme === undefined ? undefined : readTheme(client.theme);
  return {
    name: presentName(client.clientName ?? '') || presentName(client.clientId),
    logoKey: logoKeyOf(client.logoUri),
    policyUri: parseSafely(client.policyUri, linkProtocols)?.href,
    tosUri: parseSafely(client.tosUri, linkProtocols)?.href,
    uri: parseSafely(client.clientUri, linkProtocols)?.href,
    host: parseSafely(client.redirectUri, linkProtocols)?.host,
    themeFile: theme?.ok ? themeFile(theme.theme) : undefined,
  };
}
