// Management API for the brand.
import { z } from 'zod';
import type { Config } from '#config/config.ts';
import { fontNames } from '#config/kinds/branding.ts';
import { requireMatch, tagOf } from '#http/api/conditions.ts';
import { problem, timestamp } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { BrandingAdministration } from './branding.service.ts';
import { presentBranding } from './present-branding.ts';
import type { StoredBranding } from './stored-branding.ts';

export interface BrandingRouteDependencies {
  readonly brandingAdministration: BrandingAdministration;
  readonly config: Config;
}

const text = z.string();
const forSchemes = z.union([text, z.strictObject({ light: text, dark: text.optional() })]);
const image = forSchemes.meta({ description: 'a data: URL, or an object with light and dark' });
const color = forSchemes.meta({
  description: 'a color like #1d5c47, or an object with light and dark',
  examples: ['#1d5c47'],
});
const icon = text.meta({ description: 'a data: URL' });
const font = z.enum(fontNames).meta({ description: `one of ${fontNames.join(', ')}` });
const links = z
  .strictObject({
    privacy: text.optional(),
    imprint: text.optional(),
    support: text.optional(),
    terms: text.optional(),
  })
  .meta({ description: 'an object with addresses for privacy, imprint, support, terms' });

const newBrand = z.strictObject({
  logo: image.optional(),
  mark: image.optional(),
  favicon: icon.optional(),
  touch_icon: icon.optional(),
  accent: color.optional(),
  background: color.optional(),
  background_image: image.optional(),
  font: font.optional(),
  links: links.optional(),
});

const shownBrand = z.looseObject({
  source: z.enum(['stored', 'settings', 'none']),
  updated_at: timestamp.nullable(),
});

const rateLimit = unlimited('authenticatedCaller');
const changeProblems = {
  409: problem('conflict'),
  412: problem('precondition_failed'),
  428: problem('precondition_required'),
} as const;

export function brandingRoutes(dependencies: BrandingRouteDependencies): readonly Route[] {
  return [showBrand(dependencies), replaceBrand(dependencies), resetBrand(dependencies)];
}

function showBrand({ brandingAdministration, config }: BrandingRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/branding',
    scopes: ['branding:read'],
    rateLimit,
    summary: 'Show the brand; the ETag is needed to change it.',
    params: {},
    responses: { 200: shownBrand },
    async handle({ tag }) {
      const shown = presentBranding(await brandingAdministration.find(), config?.branding);
      tag(tagOf(shown));
      return shown;
    },
  });
}

function replaceBrand({ brandingAdministration, config }: BrandingRouteDependencies): Route {
  return defineRoute({
    method: 'PUT',
    path: '/branding',
    scopes: ['branding:write'],
    rateLimit,
    summary: 'Replace the whole brand, with If-Match.',
    params: {},
    body: newBrand,
    responses: { 200: shownBrand, ...changeProblems },
    async handle({ body, caller, conditions, tag }) {
      const present = (stored: StoredBranding | undefined) =>
        presentBranding(stored, config.branding);
      const written = await brandingAdministration.write(body, {
        by: caller.actor,
        check: (before) => requireMatch(conditions, tagOf(present(before))),
      });
      const shown = present(written);
      tag(tagOf(shown));
      return shown;
    },
  });
}

function resetBrand({ brandingAdministration, config }: BrandingRouteDependencies): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/branding',
    scopes: ['branding:write'],
    rateLimit,
    summary: 'Delete the stored brand, with If-Match; BRANDING applies again.',
    params: {},
    responses: { 200: z.strictObject({ reset: z.boolean() }), ...changeProblems },
    async handle({ caller, conditions }) {
      const reset = await brandingAdministration.reset({
        by: caller.actor,
        check: (before) =>
          requireMatch(conditions, tagOf(presentBranding(before, config.branding))),
      });
      return { reset };
    },
  });
}
