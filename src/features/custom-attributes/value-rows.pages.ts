// Turns a JSON value into rows of label and text for a read-only view. Labels come from the schema.
import { asSchema, type Schema } from './schema/fields.ts';
import { isObject } from './schema/values.ts';
import { readWords, sayIn } from './schema/localized-text.ts';
import { createTranslator, plainText, type Locale } from '#http/i18n/locales.ts';

export interface ValueRow {
  readonly label: string;
  readonly text: string;
}

const maxRows = 200;

export function showValue(value: unknown, schema: Schema, locale: Locale): readonly ValueRow[] {
  return rowsOf(value, schema, [], locale).slice(0, maxRows);
}

function rowsOf(
  value: unknown,
  schema: Schema | undefined,
  names: readonly string[],
  locale: Locale,
): readonly ValueRow[] {
  if (isObject(value)) {
    return Object.entries(value).flatMap(([name, member]) => {
      const own = asSchema(asSchema(schema?.['properties'])?.[name]);
      return rowsOf(member, own, [...names, nameOf(name, own, locale)], locale);
    });
  }
  if (Array.isArray(value) && value.some(isObject)) {
    const items = asSchema(schema?.['items']);
    return value.flatMap((item, at) => rowsOf(item, items, [...names, `${at + 1}`], locale));
  }
  return [{ label: names.join(' · '), text: textOf(value, schema, locale) }];
}

function nameOf(name: string, schema: Schema | undefined, locale: Locale): string {
  const words = readWords(schema?.['x-title']) ?? readWords(schema?.['title']) ?? name;
  return plainText(sayIn(words, locale));
}

function textOf(value: unknown, schema: Schema | undefined, locale: Locale): string {
  const t = createTranslator(locale);
  if (typeof value === 'boolean') return t(value ? 'account-details.yes' : 'account-details.no');
  if (typeof value === 'number') return new Intl.NumberFormat(locale, plain).format(value);
  if (Array.isArray(value)) {
    const items = asSchema(schema?.['items']);
    const texts = value.map((item) => textOf(item, items, locale));
    return new Intl.ListFormat(locale, { type: 'unit' }).format(texts);
  }
  if (typeof value !== 'string') return '–';
  const title = asSchema(schema?.['x-options'])?.[value];
  return plainText(sayIn(readWords(title) ?? value, locale));
}

const plain: Intl.NumberFormatOptions = { useGrouping: false, maximumFractionDigits: 15 };
