// One setting as a row: what it does, its value in words, and whether the environment sets it.
import type { Config } from '#config/config.ts';
import { valueAt, type Setting, type SettingAt } from '#config/setting.ts';
import type { Cell, RichText } from '#features/admin/page/page-model.ts';

export function settingRow({ path, setting }: SettingAt, config: Config): readonly Cell[] {
  const { name, unset, kind } = setting;
  const value = valueAt(config, path);
  const isSet = config.settingsInEnvironment.has(name);
  const cell = isEmpty(value)
    ? unsetCell(plainText(unset), isSet)
    : valueCell(describeValue(kind, value), isSet);
  return [{ text: name, isCode: true, ...describe(setting, config) }, cell];
}

/** Maximum length of two sentences that are shown together. */
const glanceLength = 120;

/**
 * Shows the first sentence, with the second one if both are short and it does not introduce a list of values;
 * the others are collapsed.
 */
function describe({ name, text }: Setting, { docsAccess }: Config) {
  const [first = '', ...others] = withoutLinks(text).split(/(?<=[.)]) (?=[A-Z`])/);
  const both = `${first} ${others[0] ?? ''}`;
  const shown = both.length > glanceLength || others[0]?.startsWith('`') ? 1 : 2;
  const hidden = others.slice(shown - 1).join(' ');
  if (hidden === '') return { hint: shown === 1 ? first : both.trim() };
  const link = docsAccess === 'off' ? undefined : { label: 'Documentation', href: hrefOf(name) };
  return { hint: shown === 1 ? first : both, rest: { text: hidden, link } };
}

/** The heading of the setting on the documentation site. */
function hrefOf(name: string): string {
  return `/auth/mkdocs/configuration.html#${name.toLowerCase()}`;
}

/** The text after the value and a semicolon explains it. */
function unsetCell(text: string, isSet: boolean): Cell {
  const [value = '', ...others] = text.split('; ');
  return valueCell(value, isSet, others.join('; ') || undefined);
}

function valueCell(text: string, isSet: boolean, hint?: string): Cell {
  const tag: RichText = isSet ? { text: 'set', tag: 'good' } : { text: 'default', tag: 'quiet' };
  return [
    { text, isStrong: isSet },
    { ...tag, hint },
  ];
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

/** Of a secret, only the part that its kind declares safe is shown. */
function describeValue(kind: Setting['kind'], value: unknown): string {
  if (kind.secret || kind.mask) return kind.mask?.(value) ?? 'hidden';
  const text = kind.describe ? plainText(kind.describe(value)) : textOf(value);
  // The description of a duration contains its unit: "3600 (1 hour)".
  const needsUnit = typeof value === 'number' && kind.unit !== undefined && !text.includes('(');
  return needsUnit ? `${text} ${kind.unit}` : text;
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).map(([name, each]) => `${name}: ${textOf(each)}`);
  return members.length > 0 ? members.join(', ') : JSON.stringify(value);
}

/** Descriptions are Markdown. */
export function plainText(markdown: string): string {
  return withoutLinks(markdown).replaceAll('`', '');
}

/** Drops references in parentheses, and keeps the text of other links. */
function withoutLinks(markdown: string): string {
  const withoutReferences = markdown.replaceAll(/ \(\[[^\]]*\]\([^)]*\)\)/g, '');
  return withoutReferences.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}
