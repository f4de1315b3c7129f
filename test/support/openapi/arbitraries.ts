// Values for property tests, generated from the JSON Schemas of the OpenAPI document: mostly of the
// described shape, and some of another one.
import fc from 'fast-check';

export type Schema = Readonly<Record<string, unknown>>;

/** Values that programs tend to mishandle. */
const strange: readonly unknown[] = [
  null,
  true,
  -1,
  1e21,
  '',
  ' ',
  [],
  {},
  { $ne: 1 },
  "' or 1=1--",
  'a\nb',
  '\u202eabc',
  '\u{1f600}',
  '%00',
  '../../x',
  'x'.repeat(5000),
];

export const strangeValue = fc.constantFrom(...strange);

/** A value of this shape, or with a small probability another one. */
export function valueOf(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 9, arbitrary: shaped(schema) }, { weight: 1, arbitrary: strangeValue });
}

function shaped(schema: Schema): fc.Arbitrary<unknown> {
  const { const: constant, enum: values, anyOf, type } = schema;
  if (constant !== undefined) return fc.constant(constant);
  if (Array.isArray(values)) return fc.constantFrom<unknown>(...values);
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map((each) => shaped(Object(each))));
  if (Array.isArray(type))
    return fc.oneof(...type.map((each) => shaped({ ...schema, type: each })));
  if (type === 'object') return objectOf(schema);
  if (type === 'array') return fc.array(valueOf(Object(schema['items'])), { maxLength: 3 });
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type === 'integer' || type === 'number') return fc.integer({ min: -2, max: 3_000_000 });
  if (type === 'string') return textOf(schema);
  return strangeValue;
}

function objectOf({ properties, additionalProperties }: Schema): fc.Arbitrary<unknown> {
  const members = Object.entries(Object(properties) as Record<string, Schema>);
  const known = Object.fromEntries(
    members.map(([name, member]) => [
      name,
      fc.option(valueOf(member), { nil: undefined, freq: 6 }),
    ]),
  );
  const record = fc.record(known);
  if (additionalProperties === false) {
    const other = fc.constantFrom('id', 'roles', 'is_admin', '__proto__', 'constructor');
    return fc.oneof(
      { weight: 9, arbitrary: record },
      {
        weight: 1,
        arbitrary: fc
          .tuple(record, other, strangeValue)
          .map(([value, name, more]) => ({ ...value, [name]: more })),
      },
    );
  }
  return record;
}

function textOf({ format, pattern }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((at) => at.toISOString());
  if (format === 'uri') return fc.webUrl();
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern), { size: 'small' });
  return fc.oneof(fc.string({ maxLength: 60 }), fc.emailAddress(), fc.webUrl());
}
