// The style sheet of the brand: values of the custom properties of public/styles/pages/type.css, and the
// background image. Pages link it, so that they need no inline style.
import type { FontName } from '#config/kinds/branding.ts';
import type { BrandImage } from './brand.ts';
import type { BrandPalette, BrandPalettes } from './brand-palette.ts';
import { fontStacks } from './font-stacks.ts';

export interface BrandLook {
  readonly palettes: BrandPalettes | undefined;
  readonly font: FontName | undefined;
  readonly background: BrandImage | undefined;
  /** The arches behind the card belong to Ostiary's own logo. */
  readonly hasArches: boolean;
}

const properties: readonly (readonly [name: string, part: keyof BrandPalette])[] = [
  ['ground', 'ground'],
  ['arch', 'arch'],
  ['inner-arch', 'innerArch'],
  ['card', 'card'],
  ['ink', 'ink'],
  ['soft-ink', 'softInk'],
  ['line', 'line'],
  ['edge', 'edge'],
  ['accent', 'accent'],
  ['strong-accent', 'strongAccent'],
  ['on-accent', 'onAccent'],
  ['tint', 'tint'],
  ['mark', 'accent'],
];

/** Returns an empty string if the brand changes no styles. */
export function styleOfBrand({ palettes, font, background, hasArches }: BrandLook): string {
  return [
    palettes ? colorRules(palettes) : '',
    font ? `:root{--text:${fontStacks[font].text};--title:${fontStacks[font].title}}` : '',
    hasArches ? '' : '.arch{display:none}',
    background ? imageRules(background) : '',
  ].join('');
}

function colorRules({ light, dark }: BrandPalettes): string {
  const plain = properties.map(([name, part]) => `--${name}:${light[part]}`).join(';');
  const both = properties.map(([name, part]) => {
    return `--${name}:light-dark(${light[part]},${dark[part]})`;
  });
  // Browsers without light-dark() get the light colors, as in style.css.
  return `:root{${plain}}@supports (color:light-dark(#fff,#000)){:root{${both.join(';')}}}`;
}

/**
 * Text outside the card gets a background of its own, because its contrast on an image is unknown. The
 * account pages have text everywhere, so they do not show the image.
 */
function imageRules({ light, dark }: BrandImage): string {
  const body = 'body:not([data-area])';
  const image = `${body}::before{content:'';position:fixed;inset:0;z-index:-1;background:url('${light}') center/cover}`;
  const darkImage =
    dark === undefined
      ? ''
      : `@media (prefers-color-scheme:dark){${body}::before{background-image:url('${dark}')}}`;
  const plates =
    `${body}>:is(header,footer){justify-self:center;max-inline-size:calc(100% - 2rem);margin-block:1.25rem;padding:0.625rem 1.25rem;` +
    'border-radius:1.25rem;background:var(--card)}' +
    `${body}>main>.links{margin-block-start:1rem;padding:0 1.25rem;border-radius:1.25rem;background:var(--card)}`;
  return `${image}${darkImage}${plates}`;
}
