// Derives form fields from a JSON Schema, limited to those that work without script. The submitted
// value is validated by the schema itself.
import { readWords, type Words } from './localized-text.ts';

export type Schema = Readonly<Record<string, unknown>>;

interface FieldFacts {
  /** JSON Pointer to the field in the value (RFC 6901). */
  readonly pointer: string;
  /** The property name. */
  readonly name: string;
  readonly title: Words;
  readonly description: Words | undefined;
  readonly isRequired: boolean;
}

export interface FieldOption {
  readonly value: string;
  readonly title: Words;
}

export type TextInput = 'text' | 'email' | 'url' | 'date';

export type Field = FieldFacts &
  (
    | {
        readonly kind: 'text';
        readonly input: TextInput;
        readonly isLong: boolean;
        readonly maxLength: number | undefined;
      }
    | { readonly kind: 'number'; readonly isWhole: boolean }
    | { readonly kind: 'flag' }
    | { readonly kind: 'choice'; readonly options: readonly FieldOption[] }
    | { readonly kind: 'choices'; readonly options: readonly FieldOption[] }
    | { readonly kind: 'lines' }
    | { readonly kind: 'group'; readonly fields: readonly Field[] }
  );

/** A part of a schema that cannot be represented in a form. */
export interface FormFault {
  readonly pointer: string;
  readonly reason: string;
}

/** Texts with a greater maximum length get a multi-line input. */
const maxLineLength = 200;
const deepestGroup = 3;
const maxOptions = 100;

const always = ['type', 'title', 'description', '$comment', 'examples', 'default', 'deprecated'];
const extensions = ['x-title', 'x-description', 'x-options'];
const text = ['enum', 'minLength', 'maxLength', 'pattern', 'format'];
const number = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];
const list = ['items', 'minItems', 'maxItems', 'uniqueItems'];
const object = ['properties', 'required', 'additionalProperties', '$schema', '$id'];

/** Schema keywords that a form supports, by type. */
const known: Readonly<Record<string, readonly string[]>> = {
  string: text,
  integer: number,
  number,
  boolean: [],
  array: list,
  object,
};

const inputs: Readonly<Record<string, TextInput>> = { email: 'email', uri: 'url', date: 'date' };

export function readFields(
  schema: Schema,
  pointer = '',
  depth = 0,
): { readonly fields: readonly Field[]; readonly faults: readonly FormFault[] } {
  const faults: FormFault[] = [];
  const fields: Field[] = [];
  faults.push(...foreignKeywords(schema, 'object', pointer));
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const properties = Object.entries(asSchema(schema['properties']) ?? {});
  if (properties.length === 0) faults.push({ pointer, reason: 'it has no properties' });
  for (const [name, member] of properties) {
    const at = `${pointer}/${name}`;
    const own = asSchema(member);
    if (!own || !/^[A-Za-z_][\w-]{0,39}$/.test(name) || name in Object.prototype) {
      faults.push({
        pointer: at,
        reason: 'its name must be letters, digits, _ and -, and not a member of every object',
      });
      continue;
    }
    const facts: FieldFacts = {
      pointer: at,
      name,
      title: readWords(own['x-title']) ?? readWords(own['title']) ?? name,
      description: readWords(own['x-description']) ?? readWords(own['description']),
      isRequired: required.includes(name),
    };
    const read = readField(own, facts, depth);
    faults.push(...read.faults);
    if (read.field) fields.push(read.field);
  }
  return { fields, faults };
}

interface ReadField {
  readonly field?: Field;
  readonly faults: readonly FormFault[];
}

function readField(schema: Schema, facts: FieldFacts, depth: number): ReadField {
  const { pointer } = facts;
  const type = String(schema['type']);
  const faults = [...foreignKeywords(schema, type, pointer)];
  const options = optionsOf(schema);
  switch (type) {
    case 'string':
      if (options) return { faults, field: { ...facts, kind: 'choice', options } };
      return { faults, field: { ...facts, ...textOf(schema) } };
    case 'integer':
    case 'number':
      return { faults, field: { ...facts, kind: 'number', isWhole: type === 'integer' } };
    case 'boolean':
      return { faults, field: { ...facts, kind: 'flag' } };
    case 'array':
      return readList(schema, facts, faults);
    case 'object': {
      if (depth === deepestGroup) return { faults: [{ pointer, reason: 'it is nested too deep' }] };
      const inner = readFields(schema, pointer, depth + 1);
      return { faults: inner.faults, field: { ...facts, kind: 'group', fields: inner.fields } };
    }
    default:
      return {
        faults: [{ pointer, reason: `its type must be one of ${Object.keys(known).join(', ')}` }],
      };
  }
}

function readList(schema: Schema, facts: FieldFacts, faults: readonly FormFault[]): ReadField {
  const items = asSchema(schema['items']);
  if (items?.['type'] !== 'string') {
    const fault = { pointer: facts.pointer, reason: 'its items must be of type string' };
    return { faults: [...faults, fault] };
  }
  const inner = foreignKeywords(items, 'string', `${facts.pointer}/items`);
  const options = optionsOf(items);
  return {
    faults: [...faults, ...inner],
    field: options ? { ...facts, kind: 'choices', options } : { ...facts, kind: 'lines' },
  };
}

function textOf(schema: Schema) {
  const { maxLength, format } = schema;
  const longest = typeof maxLength === 'number' ? maxLength : undefined;
  const input = typeof format === 'string' ? (inputs[format] ?? 'text') : 'text';
  const isLong = input === 'text' && longest !== undefined && longest > maxLineLength;
  return { kind: 'text', input, isLong, maxLength: longest } as const;
}

function optionsOf(schema: Schema): readonly FieldOption[] | undefined {
  const values: unknown = schema['enum'];
  if (!Array.isArray(values)) return undefined;
  const titles = asSchema(schema['x-options']) ?? {};
  return values.map((value) => {
    const name = String(value);
    return { value: name, title: readWords(titles[name]) ?? name };
  });
}

function foreignKeywords(schema: Schema, type: string, pointer: string): readonly FormFault[] {
  const allowed = new Set([...always, ...extensions, ...(known[type] ?? [])]);
  const foreign = Object.keys(schema).filter((keyword) => !allowed.has(keyword));
  const reasons = foreign.map((keyword) => `a form does not support ${keyword}`);
  for (const keyword of ['x-title', 'x-description']) {
    if (schema[keyword] !== undefined && readWords(schema[keyword]) === undefined) {
      reasons.push(`${keyword} must be a text, or texts by language`);
    }
  }
  const { enum: values } = schema;
  if (Array.isArray(values)) {
    const isGood = values.every((value) => typeof value === 'string' && value !== '');
    if (!isGood || values.length > maxOptions) {
      reasons.push(`enum must be a list of at most ${maxOptions} non-empty texts`);
    }
  }
  return reasons.map((reason) => ({ pointer, reason }));
}

export function asSchema(value: unknown): Schema | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  // The assertion holds because a JSON object has string keys only.
  return isObject ? (value as Schema) : undefined;
}
