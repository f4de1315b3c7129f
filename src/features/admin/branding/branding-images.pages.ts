// The images of the brand: the list of current images, and a form for each. A request contains one file, so
// that it stays within the upload limits.
import type { Brand } from '#features/branding/brand.ts';
import {
  iconTypes,
  pictureTypes,
  recognizeImage,
  svg,
  touchIconTypes,
  type ImageType,
} from '#features/branding/image-type.ts';
import { brandLimits } from '#features/branding/load-brand.service.ts';
import type { BrandSettings, StoredBranding } from '#features/branding/stored/stored-branding.ts';
import type { Field, PanelPage } from '#features/admin/page/page-model.ts';
import type { ImagesBlock } from '#features/admin/page/picture-blocks.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import type { ActionRoute, Panel } from '#features/admin/panel/panel.pages.ts';
import { AppError } from '#platform/errors.ts';
import {
  brandingPath,
  requireRevision,
  settingsOf,
  type BrandSettingsDependencies,
} from './brand-settings.pages.ts';

export interface BrandImageDependencies extends BrandSettingsDependencies {
  readonly activeBrand: { readonly current: Brand | undefined };
}

type Member = 'logo' | 'mark' | 'favicon' | 'touch_icon';

interface Slot {
  readonly id: string;
  readonly member: Member;
  /** Absent for a member with one value for both color schemes. */
  readonly scheme?: 'light' | 'dark';
  readonly label: string;
  readonly use: string;
  readonly types: readonly ImageType[];
  /** The image that applies now. */
  shown(brand: Brand): string | undefined;
}

const slots: readonly Slot[] = [
  {
    id: 'logo',
    member: 'logo',
    scheme: 'light',
    label: 'Logo',
    use: 'Shown in the header of every page, 40\u00A0pixels high.',
    types: pictureTypes,
    shown: ({ logo }) => logo?.light,
  },
  {
    id: 'logo-dark',
    member: 'logo',
    scheme: 'dark',
    label: 'Logo in dark mode',
    use: 'If not set, the logo is used in both modes.',
    types: pictureTypes,
    shown: ({ logo }) => logo?.dark,
  },
  {
    id: 'mark',
    member: 'mark',
    scheme: 'light',
    label: 'Mark',
    use: 'A square image next to the name when there is no logo, and on the home page.',
    types: pictureTypes,
    shown: ({ mark }) => mark?.light,
  },
  {
    id: 'mark-dark',
    member: 'mark',
    scheme: 'dark',
    label: 'Mark in dark mode',
    use: 'If not set, the mark is used in both modes.',
    types: pictureTypes,
    shown: ({ mark }) => mark?.dark,
  },
  {
    id: 'favicon',
    member: 'favicon',
    label: 'Favicon',
    use: 'Shown in the browser tab. If not set, the mark or the first letter of the name is used.',
    types: iconTypes,
    shown: ({ icons }) => icons.find(({ rel }) => rel === 'icon')?.href,
  },
  {
    id: 'touch-icon',
    member: 'touch_icon',
    label: 'Icon for phones and email',
    use: 'A square image, 180\u00A0×\u00A0180\u00A0pixels.',
    types: touchIconTypes,
    shown: ({ icons }) => icons.find(({ rel }) => rel === 'apple-touch-icon')?.href,
  },
];

/** Enough for the largest file on a slow connection. */
const uploadSeconds = 30;

export function imagesBlock(brand: Brand | undefined, shown = slots): ImagesBlock {
  return {
    kind: 'images',
    title: 'Images',
    images: shown.map((slot) => {
      const src = brand && slot.shown(brand);
      return {
        label: slot.label,
        hint: slot.use,
        src,
        isDark: slot.scheme === 'dark',
        action: {
          id: `change-${slot.id}`,
          label: src === undefined ? 'Upload' : 'Change',
          href: pathOf(slot),
        },
      };
    }),
  };
}

export function addBrandImages(panel: Panel, dependencies: BrandImageDependencies): void {
  for (const slot of slots) panel.action(changeImage(slot, dependencies));
}

function changeImage(slot: Slot, dependencies: BrandImageDependencies): ActionRoute {
  const { brandingAdministration, activeBrand } = dependencies;
  const maxFileBytes = brandLimits[slot.member];
  return {
    path: pathOf(slot),
    scope: 'branding:write',
    protection: 'recent',
    upload: { fileField: 'image', maxFileBytes, timeSeconds: uploadSeconds },
    async show() {
      return pageOf(slot, await brandingAdministration.find(), activeBrand.current);
    },
    async act(_ctx, { actor }, form, file) {
      const image = form.get('remove') === 'on' ? undefined : dataUrlOf(file);
      const check = requireRevision(form);
      const stored = await brandingAdministration.find();
      check(stored);
      const settings = withImage(settingsOf(dependencies, stored), slot, image);
      await brandingAdministration.write(settings, { by: actor, check });
      return { to: withNotice(brandingPath, 'saved') };
    },
  };
}

function pageOf(slot: Slot, stored: StoredBranding | undefined, brand?: Brand): PanelPage {
  const isStored = imageOf(stored?.settings ?? {}, slot) !== undefined;
  const remove = { name: 'remove', label: 'Remove the current image', type: 'check' } as const;
  const { images } = imagesBlock(brand, [slot]);
  const current = images.map((each) => ({ ...each, action: undefined }));
  return {
    title: slot.label,
    lead: slot.use,
    back: { label: 'Branding', href: brandingPath },
    blocks: [
      { kind: 'images', title: 'Current image', images: current },
      {
        kind: 'form',
        hasFile: true,
        submit: 'Save',
        cancelHref: brandingPath,
        fields: [
          { name: 'revision', label: 'Version', type: 'hidden', value: stored?.revision ?? '' },
          fileField(slot, !isStored),
          ...(isStored ? [remove] : []),
        ],
      },
    ],
  };
}

function fileField({ member, types }: Slot, isRequired: boolean): Field {
  const names = types.map(({ extension }) => extension.toUpperCase()).join(', ');
  const svgRule = types.includes(svg) ? ' SVGs must not contain scripts or links.' : '';
  return {
    name: 'image',
    label: 'Image file',
    type: 'file',
    isRequired,
    isAlternative: true,
    accept: types.map(({ mediaType }) => mediaType).join(','),
    hint: `${names}, up to ${brandLimits[member] / 1024} KiB.${svgRule}`,
  };
}

function pathOf({ id }: Slot): string {
  return `${brandingPath}/images/${id}`;
}

/** @throws AppError `invalid_input` if no file was chosen */
function dataUrlOf(file: Buffer | undefined): string {
  if (!file || file.length === 0) throw new AppError('invalid_input', 'Choose an image file.');
  const { mediaType = 'application/octet-stream' } = recognizeImage(file) ?? {};
  return `data:${mediaType};base64,${file.toString('base64')}`;
}

/** The image of the slot in a stored brand; a single value applies to both color schemes. */
function imageOf(settings: BrandSettings, { member, scheme = 'light' }: Slot): unknown {
  const { [member]: value } = settings;
  if (typeof value === 'string') return scheme === 'light' ? value : undefined;
  const schemes: Readonly<Record<string, unknown>> = Object(value);
  return schemes[scheme];
}

/**
 * The settings with another image in the slot, or without one.
 * @throws AppError `invalid_input` if there would be an image for dark mode only
 */
function withImage(before: BrandSettings, slot: Slot, image: string | undefined): BrandSettings {
  const { [slot.member]: _, ...others } = before;
  if (slot.scheme === undefined) return image ? { ...others, [slot.member]: image } : others;
  const light = slot.scheme === 'light' ? image : imageOf(before, { ...slot, scheme: 'light' });
  const dark = slot.scheme === 'dark' ? image : imageOf(before, { ...slot, scheme: 'dark' });
  if (light === undefined && dark === undefined) return others;
  if (light !== undefined) {
    return { ...others, [slot.member]: dark === undefined ? { light } : { light, dark } };
  }
  const message = image
    ? 'Upload the image for light mode first.'
    : 'Remove the image for dark mode first.';
  throw new AppError('invalid_input', message);
}
