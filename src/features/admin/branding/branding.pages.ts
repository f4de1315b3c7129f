// The brand in the panel: its form, a preview of unsaved changes, and the return to the setting. The forms of
// its images are in branding-images.pages.ts.
import type { Form } from '#http/request/input.ts';
import type { Brand } from '#features/branding/brand.ts';
import { sketchBrand, type BrandSketch } from '#features/branding/stored/brand-sketch.ts';
import type { BrandSettings, StoredBranding } from '#features/branding/stored/stored-branding.ts';
import type { Block, PanelPage } from '#features/admin/page/page-model.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { brandingPath, requireRevision, settingsOf } from './brand-settings.pages.ts';
import {
  addBrandImages,
  imagesBlock,
  type BrandImageDependencies,
} from './branding-images.pages.ts';
import { brandFields, brandFrom } from './branding-form.pages.ts';
import {
  addBrandingPreview,
  previewHref,
  type BrandingPreviewDependencies,
} from './branding-preview.pages.ts';

export type BrandingPanelDependencies = BrandingPreviewDependencies & BrandImageDependencies;

const path = brandingPath;

export function addBrandingPages(panel: Panel, dependencies: BrandingPanelDependencies): void {
  const { brandingAdministration, activeBrand, config } = dependencies;
  const isConfigured = config.branding !== undefined;
  addBrandingPreview(panel, dependencies);
  addBrandImages(panel, dependencies);

  panel.action({
    path,
    scope: 'branding:write',
    protection: 'recent',
    async show(_ctx, _visit, form) {
      const stored = await brandingAdministration.find();
      const settings = settingsOf(dependencies, stored);
      return pageOf({ stored, settings, form, isConfigured, brand: activeBrand.current });
    },
    async act(_ctx, { actor }, form) {
      const stored = await brandingAdministration.find();
      const settings = brandFrom(form, settingsOf(dependencies, stored));
      if (form.get('preview') !== '') {
        return pageOf({ stored, settings, form, isConfigured, brand: activeBrand.current });
      }
      const check = requireRevision(form);
      // An early check, which the transaction repeats: the new settings are based on what was read here.
      check(stored);
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
  /** The brand that BRANDING sets. */
  readonly isConfigured: boolean;
  /** The brand that applies now. */
  readonly brand: Brand | undefined;
}

function pageOf({ stored, settings, form, isConfigured, brand }: PageParts): PanelPage {
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
      imagesBlock(brand),
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
