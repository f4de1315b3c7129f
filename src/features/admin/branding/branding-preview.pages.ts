// Previews the sign-in page with a brand that is not stored yet, in a frame of the form. The brand is in the
// query of the page and of its style sheet, so the server stores nothing.
import type { Branding } from '#config/kinds/branding.ts';
import type { Brand } from '#features/branding/brand.ts';
import {
  forceScheme,
  isScheme,
  styleOfScheme,
  type ForcedScheme,
} from '#features/branding/preview/forced-scheme.ts';
import {
  showSignInSample,
  type SampleDependencies,
} from '#features/branding/preview/sample-pages.pages.ts';
import { styleOfSketch } from '#features/branding/stored/brand-sketch.ts';
import type { BrandSettings } from '#features/branding/stored/stored-branding.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import type { Context } from '#http/context.ts';
import { AppError } from '#platform/errors.ts';

export interface BrandingPreviewDependencies extends SampleDependencies {
  readonly activeBrand: { readonly current: Brand | undefined };
}

const path = `${panelPath}/branding/preview`;
/** The frame shows only the upper part of the page. */
const frameRules = 'html{overflow:hidden;scrollbar-gutter:auto}';
/** Members of BRANDING that determine the style sheet. */
const members = ['accent', 'background', 'font'] as const satisfies readonly (keyof Branding)[];

export function addBrandingPreview(panel: Panel, dependencies: BrandingPreviewDependencies): void {
  const { activeBrand, site } = dependencies;

  panel.document({
    path,
    scope: 'branding:write',
    send(ctx) {
      const { settings, scheme } = readQuery(ctx);
      showSignInSample(ctx, dependencies);
      const href = escapeAmpersands(site.address(styleHref(settings, scheme)));
      const stored = activeBrand.current?.stylesheet ?? '';
      ctx.body = forceScheme(String(ctx.body), scheme)
        .replace(`<link rel="stylesheet" href="${stored}">\n`, '')
        .replace('</head>', `<link rel="stylesheet" href="${href}">\n</head>`);
    },
  });

  panel.document({
    path: `${path}.css`,
    scope: 'branding:write',
    send(ctx) {
      const { settings, scheme } = readQuery(ctx);
      const style = styleOfSketch(settings, activeBrand.current?.logo !== undefined);
      ctx.body = `${style}${styleOfScheme(scheme, undefined)}${frameRules}`;
      ctx.type = 'text/css; charset=utf-8';
    },
  });
}

/** The path of the page below the issuer. */
export function previewHref(settings: BrandSettings, scheme: ForcedScheme): string {
  return `${path}?${queryOf(settings, scheme)}`;
}

function styleHref(settings: BrandSettings, scheme: ForcedScheme): string {
  return `${path}.css?${queryOf(settings, scheme)}`;
}

function queryOf(settings: BrandSettings, scheme: ForcedScheme): string {
  const shown = members.filter((name) => settings[name] !== undefined);
  const brand = Object.fromEntries(shown.map((name) => [name, settings[name]]));
  return new URLSearchParams({ scheme, brand: JSON.stringify(brand) }).toString();
}

/** @throws AppError `invalid_input` */
function readQuery(ctx: Context): { settings: BrandSettings; scheme: ForcedScheme } {
  const { brand, scheme } = ctx.query;
  const value: unknown = parse(String(brand));
  if (!isScheme(scheme) || typeof value !== 'object' || value === null) {
    throw new AppError('invalid_input', 'The address of the preview is not complete.');
  }
  const given = Object.entries(value).filter(([name]) => members.some((each) => each === name));
  return { settings: Object.fromEntries(given), scheme };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function escapeAmpersands(address: string): string {
  return address.replaceAll('&', '&amp;');
}
