// The form of the brand, and how it is read. Images have forms of their own, in branding-images.pages.ts.
import { fontNames, linkNames, type LinkName } from '#config/kinds/branding.ts';
import { standardFont } from '#features/branding/font-stacks.ts';
import type { Form } from '#http/request/input.ts';
import type { Field } from '#features/admin/page/page-model.ts';
import type { BrandSketch } from '#features/branding/stored/brand-sketch.ts';
import type { BrandSettings } from '#features/branding/stored/stored-branding.ts';

const linkLabels: Readonly<Record<LinkName, string>> = {
  privacy: 'Privacy policy',
  imprint: 'Legal notice',
  support: 'Support',
  terms: 'Terms of use',
};

/** @param sketches the colors that apply, for the swatches */
export function brandFields(
  settings: BrandSettings,
  form: Form | undefined,
  sketches: readonly BrandSketch[],
): readonly Field[] {
  const colors = [
    ...colorFields('accent', 'Accent', { settings, form, sketches }),
    ...colorFields('background', 'Background', { settings, form, sketches }),
  ];
  return [
    { name: 'colors', label: 'Colors', type: 'set', fields: colors },
    fontField(settings, form),
    {
      name: 'links',
      label: 'Links (all optional)',
      type: 'set',
      fields: linkFields(settings, form),
    },
  ];
}

function fontField({ font }: BrandSettings, form: Form | undefined): Field {
  return {
    name: 'font',
    label: 'Font',
    type: 'select',
    value: form?.get('font') ?? (typeof font === 'string' ? font : ''),
    options: [
      { value: '', label: `Default (${titleOf(standardFont)})` },
      ...fontNames.map((each) => ({ value: each, label: titleOf(each) })),
    ],
  };
}

function linkFields(settings: BrandSettings, form: Form | undefined): readonly Field[] {
  const links: Readonly<Record<string, unknown>> = Object(settings['links']);
  return linkNames.map((each) => ({
    name: `link_${each}`,
    label: linkLabels[each],
    type: 'text' as const,
    isAlternative: true,
    value: form?.get(`link_${each}`) ?? textOf(links[each]),
    placeholder: each === 'support' ? 'https:// or mailto:' : 'https://',
  }));
}

function titleOf(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

interface ColorSources {
  readonly settings: BrandSettings;
  readonly form: Form | undefined;
  readonly sketches: readonly BrandSketch[];
}

function colorFields(
  name: 'accent' | 'background',
  label: string,
  { settings, form, sketches }: ColorSources,
): readonly Field[] {
  const value = settings[name];
  const { light, dark }: Readonly<Record<string, unknown>> =
    typeof value === 'string' ? { light: value } : Object(value);
  const derived = name === 'accent' ? 'light color' : 'accent';
  const swatch = (scheme: BrandSketch['scheme']) =>
    sketches.find((each) => each.scheme === scheme)?.[name];
  return [
    {
      name,
      label: `${label}, light mode`,
      type: 'text',
      isAlternative: true,
      maxLength: 7,
      value: form?.get(name) ?? textOf(light),
      placeholder: name === 'accent' ? '#1d5c47' : '#f4f5f1',
      hint: 'Leave empty to use the default color.',
      swatch: swatch('light'),
    },
    {
      name: `${name}_dark`,
      label: `${label}, dark mode`,
      type: 'text',
      isAlternative: true,
      maxLength: 7,
      value: form?.get(`${name}_dark`) ?? textOf(dark),
      placeholder: swatch('dark'),
      hint: `Leave empty to derive it from the ${derived}.`,
      swatch: swatch('dark'),
    },
  ];
}

/** The members from the form, together with the stored ones that it does not show. */
export function brandFrom(form: Form, before: BrandSettings): BrandSettings {
  const { accent: _, background: __, font: ___, links: ____, ...others } = before;
  const text = (name: string) => form.get(name).trim();
  const links = linkNames.flatMap((each) => {
    const href = text(`link_${each}`);
    return href === '' ? [] : [[each, href] as const];
  });
  return {
    ...others,
    ...colorFrom('accent', text),
    ...colorFrom('background', text),
    ...(text('font') === '' ? {} : { font: text('font') }),
    ...(links.length === 0 ? {} : { links: Object.fromEntries(links) }),
  };
}

function colorFrom(name: 'accent' | 'background', text: (name: string) => string) {
  const [light, dark] = [text(name), text(`${name}_dark`)];
  if (light === '' && dark === '') return {};
  return { [name]: dark === '' ? light : { light: light || undefined, dark } };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
