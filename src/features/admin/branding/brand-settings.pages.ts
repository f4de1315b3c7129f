// The stored brand that the forms change. Without one, the forms start from BRANDING.
import type { Config } from '#config/config.ts';
import { fontNames, linkNames } from '#config/kinds/branding.ts';
import type { BrandingAdministration } from '#features/branding/stored/branding.service.ts';
import type { BrandSettings, StoredBranding } from '#features/branding/stored/stored-branding.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import type { Form } from '#http/request/input.ts';
import { AppError } from '#platform/errors.ts';

export interface BrandSettingsDependencies {
  readonly brandingAdministration: BrandingAdministration;
  readonly config: Config;
}

export const brandingPath = `${panelPath}/branding`;

/** Images of BRANDING are files of the server, which a stored brand cannot name. */
export function settingsOf(
  { config }: Pick<BrandSettingsDependencies, 'config'>,
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

export function requireRevision(form: Form) {
  return (before: StoredBranding | undefined): void => {
    if (form.get('revision') === (before?.revision ?? '')) return;
    const message = 'The branding was changed in the meantime. Please open the page again.';
    throw new AppError('conflict', message);
  };
}
