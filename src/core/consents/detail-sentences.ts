// The sentence of the consent page for an authorization detail (RFC 9396 §2).
import type { Detail } from './authorization-details.ts';

const maxValueLength = 100;
const missing = '–';

/**
 * Replaces `{member}` and `{member.member}` by the values of the detail.
 * @param clean removes characters that could reorder or break the sentence
 */
export function fillSentence(
  sentence: string,
  detail: Detail,
  clean: (text: string) => string,
): string {
  return sentence.replaceAll(/\{([\w.-]+)\}/g, (_placeholder, path: string) =>
    clean(textOf(valueAt(detail, path.split('.')))),
  );
}

function valueAt(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return valueAt(new Map(Object.entries(value)).get(name), rest);
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ').slice(0, maxValueLength);
  const isPlain = ['string', 'number', 'boolean'].includes(typeof value);
  const text = isPlain ? String(value) : missing;
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text;
}
