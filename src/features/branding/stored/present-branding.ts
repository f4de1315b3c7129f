// The brand as the command line and the API show it.
import type { Branding } from '#config/kinds/branding.ts';
import { storedMembers, type StoredBranding } from './stored-branding.ts';

/** @param configured the value of BRANDING, whose images are omitted because they are files of the server */
export function presentBranding(
  stored: StoredBranding | undefined,
  configured: Branding | undefined,
) {
  const { accent, background, font, links } = configured ?? {};
  const settings: Readonly<Record<string, unknown>> = stored
    ? stored.settings
    : { accent, background, font, links };
  const brand = Object.fromEntries(storedMembers.map((name) => [name, settings[name] ?? null]));
  return {
    source: sourceOf(stored, configured),
    ...brand,
    updated_at: stored?.updatedAt.toISOString() ?? null,
  };
}

function sourceOf(stored: StoredBranding | undefined, configured: Branding | undefined) {
  if (stored) return 'stored' as const;
  return configured ? ('settings' as const) : ('none' as const);
}
