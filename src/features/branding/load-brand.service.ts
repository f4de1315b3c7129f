// Creates the brand from the BRANDING setting: reads its files, checks the contrast of its colors
// and generates its style sheet. All errors are reported in one message.
import type { Config } from '#config/config.ts';
import type { Branding, ForSchemes } from '#config/kinds/branding.ts';
import { sha256 } from '#platform/crypto/hashing.ts';
import { AppError } from '#platform/errors.ts';
import { footerLinks, type Brand, type BrandFile, type BrandImage } from './brand.ts';
import { createImage, createStylesheet, readImage, readStylesheet } from './brand-files.service.ts';
import { mailLookOf } from './brand-mail.ts';
import { standardFont } from './font-stacks.ts';
import { createPalettes } from './brand-palette.ts';
import { styleOfBrand } from './brand-style.ts';
import { iconTypes, pictureTypes, touchIconTypes, type ImageType } from './image-type.ts';
import { drawMonogram } from './monogram.ts';

const kibibyte = 1024;
/** The largest file of each member, in bytes. */
export const brandLimits = {
  logo: 256 * kibibyte,
  mark: 128 * kibibyte,
  favicon: 128 * kibibyte,
  touch_icon: 128 * kibibyte,
  background_image: 1024 * kibibyte,
  stylesheet: 256 * kibibyte,
};

interface Files {
  readonly logo: Pair | undefined;
  readonly mark: Pair | undefined;
  readonly background: Pair | undefined;
  readonly favicon: BrandFile | undefined;
  readonly touchIcon: BrandFile | undefined;
  readonly stylesheet: BrandFile | undefined;
}

interface Pair {
  readonly light: BrandFile;
  readonly dark: BrandFile | undefined;
}

type Attempt = <Value>(reading: Promise<Value>) => Promise<Value | undefined>;

/**
 * Returns `undefined` without the setting.
 * @throws AppError `invalid_input` listing every error
 */
export async function loadBrand({
  branding,
  issuerUrl,
  productName,
}: Pick<Config, 'issuerUrl' | 'productName'> & {
  readonly branding?: Branding | undefined;
}): Promise<Brand | undefined> {
  if (branding === undefined) return undefined;
  const faults: string[] = [];
  const files = await readFiles(branding, faults);
  const palettes = createPalettes(branding, faults);
  refuse(faults);
  const urlOf = createUrlOf(issuerUrl);
  const imageOf = (pair: Pair | undefined): BrandImage | undefined =>
    pair && { light: urlOf(pair.light), dark: pair.dark && urlOf(pair.dark) };
  const background = imageOf(files.background);
  const hasArches = !(files.logo ?? files.mark ?? files.background ?? branding.background);
  const style = styleOfBrand({ palettes, font: branding.font, background, hasArches });
  const stylesheet = style === '' ? undefined : createStylesheet('style', style);
  const favicon = iconOf(files, () => drawMonogram(productName, palettes?.light));
  return {
    files: byName(files, stylesheet, favicon),
    stylesheet: stylesheet && urlOf(stylesheet),
    customStylesheet: files.stylesheet && {
      href: urlOf(files.stylesheet),
      digest: digestOf(files.stylesheet),
    },
    hasTextFont: (branding.font ?? standardFont) === standardFont,
    logo: imageOf(files.logo),
    mark: imageOf(files.mark),
    icons: [
      ...(favicon ? [{ rel: 'icon', type: favicon.mediaType, href: urlOf(favicon) }] : []),
      ...(files.touchIcon
        ? [{ rel: 'apple-touch-icon', type: 'image/png', href: urlOf(files.touchIcon) }]
        : []),
    ],
    favicon,
    background,
    themeColors: palettes && { light: palettes.light.ground, dark: palettes.dark.ground },
    links: footerLinks(branding.links),
    palettes,
    mail: mailLookOf({
      palettes,
      font: branding.font,
      icons: [files.touchIcon, files.mark?.light],
      hasLogo: files.logo !== undefined,
    }),
  };
}

function createUrlOf({ pathname }: URL): (file: BrandFile) => string {
  const base = pathname.replace(/\/$/, '');
  return ({ name, version }) => `${base}/auth/brand/${name}?v=${version}`;
}

function refuse(faults: readonly string[]): void {
  if (faults.length === 0) return;
  const lines = faults.map((fault) => `- BRANDING: ${fault}.`).join('\n');
  throw new AppError('invalid_input', `BRANDING is invalid:\n${lines}`);
}

function digestOf({ bytes }: BrandFile): string {
  return `sha256-${sha256(bytes).toString('base64')}`;
}

async function readFiles(branding: Branding, faults: string[]): Promise<Files> {
  const attempt: Attempt = (reading) =>
    reading.catch((fault: unknown) => {
      faults.push(fault instanceof Error ? fault.message : String(fault));
      return undefined;
    });
  const { favicon, touchIcon, stylesheet } = branding;
  const single = async (
    source: string | undefined,
    {
      member,
      types,
    }: { readonly member: 'favicon' | 'touch_icon'; readonly types: readonly ImageType[] },
  ) => {
    const rules = {
      member,
      name: member.replace('_', '-'),
      types,
      maxBytes: brandLimits[member],
      mustBeSquare: member === 'touch_icon',
    };
    return source === undefined ? undefined : attempt(readImage(source, rules));
  };
  return {
    logo: await readPair(branding.logo, 'logo', attempt),
    mark: await readPair(branding.mark, 'mark', attempt),
    background: await readPair(branding.backgroundImage, 'background_image', attempt),
    favicon: await single(favicon, { member: 'favicon', types: iconTypes }),
    touchIcon: await single(touchIcon, { member: 'touch_icon', types: touchIconTypes }),
    stylesheet:
      stylesheet === undefined
        ? undefined
        : await attempt(
            readStylesheet(stylesheet, {
              member: 'stylesheet',
              name: 'custom',
              maxBytes: brandLimits.stylesheet,
            }),
          ),
  };
}

async function readPair(
  sources: ForSchemes | undefined,
  member: 'logo' | 'mark' | 'background_image',
  attempt: Attempt,
): Promise<Pair | undefined> {
  if (sources === undefined) return undefined;
  const name = member.replace('_', '-');
  const rules = {
    types: pictureTypes,
    maxBytes: brandLimits[member],
    mustBeSquare: member === 'mark',
  };
  const light = await attempt(
    readImage(sources.light, { ...rules, member: `${member}.light`, name }),
  );
  const dark =
    sources.dark === undefined
      ? undefined
      : await attempt(
          readImage(sources.dark, { ...rules, member: `${member}.dark`, name: `${name}-dark` }),
        );
  return light && { light, dark };
}

/** Without images, the icon of Ostiary is kept, like its mark in the header. */
function iconOf({ favicon, mark, logo }: Files, draw: () => string): BrandFile | undefined {
  return favicon ?? mark?.light ?? (logo && createImage('favicon', draw()));
}

function byName(
  { logo, mark, background, touchIcon, stylesheet: custom }: Files,
  ...others: readonly (BrandFile | undefined)[]
): ReadonlyMap<string, BrandFile> {
  const pairs = [logo, mark, background].flatMap((pair) => [pair?.light, pair?.dark]);
  const all = [...pairs, touchIcon, custom, ...others].filter((file) => file !== undefined);
  return new Map(all.map((file) => [file.name, file]));
}
