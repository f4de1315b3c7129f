// The brand in the panel: its form, a preview of what is not stored yet, and the way back to the
// setting. Images other than the logo are stored with the command or the API, and kept here.
import type { Config } from '#config/config.ts';
import { fontNames, linkNames } from '#config/kinds/branding.ts';
import type { Form } from '#http/request/input.ts';
import { AppError } from '#platform/errors.ts';
import { sketchBrand, type BrandSketch } from '#features/branding/stored/brand-sketch.ts';
import type { BrandingAdministration } from '#features/branding/stored/branding.service.ts';
import type { BrandSettings, StoredBranding } from '#features/branding/stored/stored-branding.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import type { Block, PanelPage } from '#features/admin/page/page-model.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { brandFields, brandFrom } from './branding-form.pages.ts';
import {
  addBrandingPreview,
  previewHref,
  type BrandingPreviewDependencies,
} from './branding-preview.pages.ts';

export interface BrandingPanelDependencies extends BrandingPreviewDependencies {
  readonly brandingAdministration: BrandingAdministration;
  readonly config: Config;
}

const path = `${panelPath}/branding`;

export function addBrandingPages(panel: Panel, dependencies: BrandingPanelDependencies): void {
  const { brandingAdministration, config } = dependencies;
  const isConfigured = config.branding !== undefined;
  addBrandingPreview(panel, dependencies);

  panel.action({
    path,
    scope: 'branding:write',
    protection: 'recent',
    async show(_ctx, _visit, form) {
      const stored = await brandingAdministration.find();
      const settings = settingsOf(dependencies, stored);
      return pageOf({ stored, settings, form, isConfigured });
    },
    async act(_ctx, { actor }, form) {
      const stored = await brandingAdministration.find();
      const settings = brandFrom(form, settingsOf(dependencies, stored));
      if (form.get('preview') !== '') {
        return pageOf({ stored, settings, form, isConfigured });
      }
      const check = requireRevision(form);
      await brandingAdministration.write(settings, { by: actor, check });
      return { to: withNotice(path, 'saved') };
    },
  });

  panel.action({
    path: `${path}/reset`,
    scope: 'branding:write',
    protection: 'reason',
    async show() {
      return {
        title: 'Reset the brand?',
        lead: 'The stored brand and its images are deleted. BRANDING applies again, or the default look of Ostiary.',
        back: { label: 'Branding', href: path },
        blocks: [
          {
            kind: 'form',
            submit: 'Reset brand',
            isDangerous: true,
            cancelHref: path,
            fields: [],
          },
        ],
      };
    },
    async act(_ctx, { actor }) {
      await brandingAdministration.reset({ by: actor });
      return { to: withNotice(path, 'deleted') };
    },
  });
}

interface PageParts {
  readonly stored: StoredBranding | undefined;
  readonly settings: BrandSettings;
  readonly form: Form | undefined;
  /** By BRANDING. */
  readonly isConfigured: boolean;
}

function pageOf({ stored, settings, form, isConfigured }: PageParts): PanelPage {
  const { sketches, faults } = sketchBrand(settings);
  const revision = form?.get('revision') ?? stored?.revision ?? '';
  return {
    title: 'Branding',
    hasFrames: true,
    lead: 'How all pages and emails look. Changes reach every node within a second.',
    tags: [
      stored
        ? { text: 'stored', tag: 'good' }
        : { text: isConfigured ? 'from BRANDING' : 'default', tag: 'quiet' },
    ],
    actions: stored
      ? [{ id: 'act-reset', label: 'Reset', href: `${path}/reset`, scope: 'branding:write' }]
      : [],
    blocks: [
      ...faultBlocks(faults),
      {
        kind: 'form',
        submit: 'Save',
        preview: 'Preview',
        fields: [
          { name: 'revision', label: 'Version', type: 'hidden', value: revision },
          ...brandFields(settings, form, sketches),
        ],
      },
      sketchBlock(settings, sketches),
    ],
  };
}

/** The members that the form shows; without a stored brand, those of BRANDING are a start. */
function settingsOf(
  { config }: BrandingPanelDependencies,
  stored: StoredBranding | undefined,
): BrandSettings {
  if (stored) return stored.settings;
  const { accent, background, font, links } = config.branding ?? {};
  return {
    ...(accent ? { accent } : {}),
    ...(background ? { background } : {}),
    ...(fontNames.some((each) => each === font) ? { font } : {}),
    ...(links && linkNames.some((each) => links[each] !== undefined) ? { links } : {}),
  };
}

function faultBlocks(faults: readonly string[]): readonly Block[] {
  if (faults.length === 0) return [];
  return [
    {
      kind: 'note',
      id: 'contrast',
      tone: 'danger',
      text: 'Some text would be hard to read, so this brand can’t be saved:',
      items: faults,
    },
  ];
}

function sketchBlock(settings: BrandSettings, sketches: readonly BrandSketch[]): Block {
  const shown = sketches.map((each) => ({ ...each, href: previewHref(settings, each.scheme) }));
  return { kind: 'sketches', sketches: shown };
}

function requireRevision(form: Form) {
  return (before: StoredBranding | undefined): void => {
    if (form.get('revision') === (before?.revision ?? '')) return;
    const message = 'The branding was changed in the meantime. Please open the page again.';
    throw new AppError('conflict', message);
  };
}
