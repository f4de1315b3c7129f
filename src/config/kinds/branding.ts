// BRANDING: the look of the pages, as a JSON object. This file checks the form of the members; the
// files that they name and the contrast of the colors are checked by features/branding/. All
// errors are reported in one message.
import { canonicalJson } from '#platform/canonical-json.ts';
import { isColor } from '#platform/colors.ts';
import { nearestName } from '#platform/edit-distance.ts';
import type { Kind } from '#config/setting.ts';
import { parseJson } from './json-list.ts';
import { displayName } from './text.ts';

/** A value for light mode and, where it differs, one for dark mode. */
export interface ForSchemes {
  readonly light: string;
  readonly dark: string | undefined;
}

export const fontNames = [
  'inter',
  'classic',
  'system',
  'humanist',
  'geometric',
  'rounded',
  'serif',
] as const;
export type FontName = (typeof fontNames)[number];

export const linkNames = ['privacy', 'terms', 'imprint', 'support'] as const;
export type LinkName = (typeof linkNames)[number];

/** Images and style sheets are paths of files or `data:` URLs; colors are `#rrggbb`. */
export interface Branding {
  readonly productName: string | undefined;
  readonly logo: ForSchemes | undefined;
  readonly mark: ForSchemes | undefined;
  readonly favicon: string | undefined;
  readonly touchIcon: string | undefined;
  readonly accent: ForSchemes | undefined;
  readonly background: ForSchemes | undefined;
  readonly backgroundImage: ForSchemes | undefined;
  readonly font: FontName | undefined;
  readonly links: Readonly<Partial<Record<LinkName, string>>>;
  readonly stylesheet: string | undefined;
}

const maxBytes = 4 * 1024 * 1024;
const longestPath = 1024;

/** Reads one member, and reports what is wrong with it. */
type Read<Value> = (value: unknown) => Value;

const schemes = ['light', 'dark'];

function file(value: unknown): string {
  if (typeof value === 'string' && value.startsWith('data:')) return value;
  const isPath = typeof value === 'string' && value.trim() !== '' && value.length <= longestPath;
  if (!isPath || value.includes('\0')) throw new Error('must be the path of a file or a data: URL');
  if (/^https?:/i.test(value)) throw new Error('must be a file, not the address of another server');
  return value;
}

function color(value: unknown): string {
  if (!isColor(value)) throw new Error('must be a color like #1d5c47');
  return value.toLowerCase();
}

function name(value: unknown): string {
  return displayName.parse(typeof value === 'string' ? value : '');
}

function font(value: unknown): FontName {
  const chosen = fontNames.find((each) => each === value);
  if (chosen === undefined) throw new Error(`must be one of ${fontNames.join(', ')}`);
  return chosen;
}

/** A plain string applies to both color schemes. */
function forSchemes(read: Read<string>): Read<ForSchemes> {
  return (value) => {
    if (!isObject(value)) return { light: read(value), dark: undefined };
    refuseUnknown(value, schemes);
    if (value['light'] === undefined) throw new Error('must have a value for light');
    const { light, dark } = value;
    return { light: read(light), dark: dark === undefined ? undefined : read(dark) };
  };
}

function links(value: unknown): Branding['links'] {
  if (!isObject(value)) throw new Error(`must be an object with ${linkNames.join(', ')}`);
  refuseUnknown(value, linkNames);
  for (const [link, href] of Object.entries(value)) {
    const protocols = link === 'support' ? ['https:', 'http:', 'mailto:'] : ['https:', 'http:'];
    const url = typeof href === 'string' ? URL.parse(href) : null;
    if (!url || !protocols.includes(url.protocol) || url.username !== '') {
      throw new Error(`must have an address (${protocols.join(', ')}) for ${link}`);
    }
  }
  return value;
}

const members = {
  product_name: name,
  logo: forSchemes(file),
  mark: forSchemes(file),
  favicon: file,
  touch_icon: file,
  accent: forSchemes(color),
  background: forSchemes(color),
  background_image: forSchemes(file),
  font,
  links,
  stylesheet: file,
};
type MemberName = keyof typeof members;
const memberNames = Object.keys(members);

export const branding: Kind<Branding> = {
  values: `a JSON object with any of ${memberNames.map((each) => `\`${each}\``).join(', ')}`,
  // Not secret, but too long to be repeated in a message.
  secret: true,
  mask: (value) => `set (${describeMembers(value)})`,
  parse: readBranding,
  comparable: canonicalJson,
};

function describeMembers(value: Branding): string {
  const present = Object.entries(value).filter(
    ([, member]) => member !== undefined && Object.keys(Object(member)).length > 0,
  );
  return present.map(([member]) => member).join(', ') || 'nothing';
}

/** @throws Error naming every invalid member */
export function readBranding(text: string): Branding {
  if (Buffer.byteLength(text) > maxBytes) {
    throw new Error(`must not be longer than ${maxBytes} bytes`);
  }
  const value = parseJson(text);
  if (!isObject(value)) throw new Error('must be a JSON object');
  const faults: string[] = [];
  collect(faults, '', () => refuseUnknown(value, memberNames));
  const result = readMembers(value, faults);
  if (faults.length > 0) throw new Error(`is invalid (${faults.join('; ')})`);
  return result;
}

function readMembers(value: Readonly<Record<string, unknown>>, faults: string[]): Branding {
  function read<Name extends MemberName>(member: Name) {
    const given = value[member];
    if (given === undefined) return undefined;
    // The compiler does not relate a member to its own reader.
    const reader = members[member] as Read<ReturnType<(typeof members)[Name]>>;
    return collect(faults, `${member} `, () => reader(given));
  }
  return {
    productName: read('product_name'),
    logo: read('logo'),
    mark: read('mark'),
    favicon: read('favicon'),
    touchIcon: read('touch_icon'),
    accent: read('accent'),
    background: read('background'),
    backgroundImage: read('background_image'),
    font: read('font'),
    links: read('links') ?? {},
    stylesheet: read('stylesheet'),
  };
}

function collect<Value>(faults: string[], subject: string, act: () => Value): Value | undefined {
  try {
    return act();
  } catch (fault) {
    faults.push(`${subject}${fault instanceof Error ? fault.message : 'is invalid'}`);
    return undefined;
  }
}

function refuseUnknown(value: object, known: readonly string[]): void {
  const unknown = Object.keys(value).filter((each) => !known.includes(each));
  if (unknown.length === 0) return;
  const words = unknown.map((each) => {
    const near = nearestName(each, known);
    const hint = near === undefined ? '' : `, did you mean ${near}?`;
    return `${JSON.stringify(each.slice(0, 40))} is not known${hint}`;
  });
  throw new Error(words.join(', '));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
