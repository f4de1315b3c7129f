// The effective settings for operators, without secrets.
import type { Config } from './config.ts';
import { valueAt, type SettingAt } from './setting.ts';
import { allSettings } from './settings.ts';

/** Values by name; a setting without a value is described by its default in words. */
export function showSettings(config: Config): Readonly<Record<string, unknown>> {
  return Object.fromEntries(allSettings.map((each) => [each.setting.name, show(each, config)]));
}

function show({ path, setting }: SettingAt, config: Config): unknown {
  const { kind, unset } = setting;
  const value = valueAt(config, path);
  if (value === undefined || (Array.isArray(value) && value.length === 0)) {
    return `unset: ${unset.replaceAll('`', '')}`;
  }
  return kind.secret ? (kind.mask?.(value) ?? 'set') : value;
}
