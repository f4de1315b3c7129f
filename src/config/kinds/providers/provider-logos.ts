// `logo` in an entry of SIGN_IN_PROVIDERS: a built-in mark, an image file, or an https URL. A file is served
// from the origin of the issuer, so that no page contacts another host.
import { statSync } from 'node:fs';
import { extname } from 'node:path';

/** Symbols of public/providers.svg. */
export const providerMarks = [
  'apple',
  'facebook',
  'github',
  'gitlab',
  'google',
  'microsoft',
] as const;
export type ProviderMark = (typeof providerMarks)[number];

export type ProviderLogo =
  | { readonly kind: 'mark'; readonly mark: ProviderMark }
  | { readonly kind: 'file'; readonly path: string; readonly extension: string }
  | { readonly kind: 'url'; readonly url: string };

const extensions: readonly string[] = ['.svg', '.png', '.jpg', '.webp'];
const maxBytes = 100 * 1024;
const maxUrlLength = 500;

export const logoRule =
  `be ${providerMarks.join(', ')}, an https address, or the path of a readable file ` +
  `(${extensions.join(', ')}; at most ${maxBytes / 1024} KiB)`;

/** `undefined`: the value is not a logo. */
export function readLogo(value: unknown): ProviderLogo | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const mark = providerMarks.find((each) => each === value);
  if (mark) return { kind: 'mark', mark };
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url) return readUrl(url);
  const extension = extname(value).toLowerCase();
  return isImage(value, extension) ? { kind: 'file', path: value, extension } : undefined;
}

const hosts: ReadonlyMap<string, ProviderMark> = new Map([
  ['accounts.google.com', 'google'],
  ['appleid.apple.com', 'apple'],
  ['account.apple.com', 'apple'],
  ['login.microsoftonline.com', 'microsoft'],
  ['login.live.com', 'microsoft'],
  ['github.com', 'github'],
  ['gitlab.com', 'gitlab'],
  ['www.facebook.com', 'facebook'],
]);

/** The mark for a well-known issuer. */
export function logoOfIssuer(issuer: string): ProviderLogo | undefined {
  const mark = hosts.get(URL.parse(issuer)?.hostname ?? '');
  return mark && { kind: 'mark', mark };
}

function readUrl({ protocol, username, href }: URL): ProviderLogo | undefined {
  const isUsable = protocol === 'https:' && username === '' && href.length <= maxUrlLength;
  return isUsable ? { kind: 'url', url: href } : undefined;
}

function isImage(path: string, extension: string): boolean {
  if (!extensions.includes(extension)) return false;
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.isFile() && found.size > 0 && found.size <= maxBytes;
}
