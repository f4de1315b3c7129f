// The name of a browser and its device, in the user's language. The API and the commands show the
// names as `describeDevice` returns them.
import type { Translate } from './locales.ts';

/** @param name what `describeDevice` returned: `Firefox, Windows`, a name without a device, or '' */
export function showDevice(t: Translate, name: string): string {
  const at = name.indexOf(', ');
  if (at === -1) return name;
  return t('device.browser', { browser: name.slice(0, at), device: name.slice(at + 2) });
}
