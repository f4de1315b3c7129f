// How the pages and mails look.
import { branding } from '#config/kinds/branding.ts';
import { setting } from '#config/setting.ts';

export const brandingSettings = {
  /** Files and contrast are checked by features/branding/, which reads the files. */
  branding: setting({
    name: 'BRANDING',
    kind: branding,
    unset: 'the look of Ostiary',
    sameOnAllNodes: true,
    example: '{"accent":"#5b3fd6"}',
    text:
      'Logo, colors, font, name and footer links of the operator on every page and in mail ' +
      '([branding](branding.md)).',
  }),
};
