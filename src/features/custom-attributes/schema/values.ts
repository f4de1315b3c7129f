// Values of custom attributes: resolves JSON Pointers and builds a value from submitted form
// fields.
import type { Field } from './fields.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Resolves a JSON Pointer (RFC 6901); returns `undefined` if it refers to nothing. */
export function resolvePointer(value: unknown, pointer: string): unknown {
  let found = value;
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name))
      return undefined;
    found = Reflect.get(found, name);
  }
  return found;
}

/** Returns the text of a form field by its name; an empty text if it is absent. */
export type Typed = (name: string) => string;

/** The name of the form field; it cannot collide with the fixed fields of the form. */
export function inputName({ pointer }: Pick<Field, 'pointer'>, option?: number): string {
  const name = `f${pointer.replaceAll('/', '.')}`;
  return option === undefined ? name : `${name}.${option}`;
}

/**
 * Builds the value from the submitted fields. Members without a field are kept, and empty fields
 * are left out. A malformed number stays a text, so that the schema reports it.
 */
export function readTyped(
  fields: readonly Field[],
  typed: Typed,
  before: JsonObject = {},
): JsonObject {
  const shown = new Set(fields.map(({ name }) => name));
  const kept = Object.entries(before).filter(([name]) => !shown.has(name));
  const read = fields.map(
    (field) => [field.name, readOne(field, typed, before[field.name])] as const,
  );
  return Object.fromEntries([...kept, ...read.filter(([, value]) => value !== undefined)]);
}

function readOne(field: Field, typed: Typed, before: unknown): unknown {
  const text = typed(inputName(field)).replaceAll('\r\n', '\n').trim();
  if (field.kind === 'group') {
    const inner = readTyped(field.fields, typed, isObject(before) ? before : {});
    return Object.keys(inner).length > 0 || field.isRequired ? inner : undefined;
  }
  if (field.kind === 'choices') {
    const { options } = field;
    const isTicked = (_: unknown, at: number) => typed(inputName(field, at)) !== '';
    return listOf(
      field,
      options.filter(isTicked).map(({ value }) => value),
    );
  }
  if (field.kind === 'lines') {
    return listOf(
      field,
      text.split('\n').map((line) => line.trim()),
    );
  }
  if (field.kind === 'flag') {
    if (text !== '') return true;
    return field.isRequired || before !== undefined ? false : undefined;
  }
  if (text === '') return undefined;
  return field.kind === 'number' ? numberIn(text) : text;
}

function listOf({ isRequired }: Field, entries: readonly string[]): readonly string[] | undefined {
  const filled = entries.filter((entry) => entry !== '');
  return filled.length > 0 || isRequired ? filled : undefined;
}

function numberIn(text: string): number | string {
  return /^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : text;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** False for NUL and unpaired surrogates, which PostgreSQL cannot store. */
export function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isStorable);
  if (!isObject(value)) return true;
  return Object.entries(value).every(([name, member]) => isStorable(name) && isStorable(member));
}
