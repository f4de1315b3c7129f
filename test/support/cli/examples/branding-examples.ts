// Examples of the commands about the brand.
import type { Examples, Shape } from './example.ts';

const brand = { accent: '#5b3fd6', font: 'humanist' };
const shown = {
  source: 'text',
  logo: null,
  mark: null,
  favicon: null,
  touch_icon: null,
  accent: 'text',
  background: null,
  background_image: null,
  font: 'text',
  links: null,
  updated_at: 'text',
} satisfies Shape;
const values = String.raw`source +stored\naccent +#5b3fd6\nfont +humanist\nupdated_at +\S+Z\n`;

export const brandingExamples: Examples = {
  'branding show': {
    async prepare({ services }) {
      await services.brandingAdministration.write(brand, { by: { kind: 'operator' } });
      return { args: [] };
    },
    text: new RegExp(`^${values}$`),
    json: shown,
  },
  'branding set': {
    prepare: () => ({ args: ['--file', '-'], stdin: JSON.stringify(brand) }),
    text: new RegExp(`^The brand is stored\\.\\n\\n${values}$`),
    json: shown,
  },
  'branding reset': {
    async prepare({ services }) {
      await services.brandingAdministration.write(brand, { by: { kind: 'operator' } });
      return { args: ['--yes'] };
    },
    text: /^The stored brand is deleted\.\n$/,
    json: { reset: 'flag' },
  },
};
