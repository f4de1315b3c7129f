// JSON Schema (2020-12, the dialect of OpenAPI 3.1) of the zod schemas that validate input and
// output.
import { z } from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Input of a request, as the client sends it: before transformations and defaults. */
export function describeInput(schema: z.ZodType): JsonSchema {
  return describe(schema);
}

/** The result of a handler is sent unchanged, so an output is described like an input. */
export function describeOutput(schema: z.ZodType): JsonSchema {
  return describe(schema);
}

function describe(schema: z.ZodType): JsonSchema {
  const described = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ jsonSchema }) {
      if (jsonSchema.pattern !== undefined)
        jsonSchema.pattern = portablePattern(jsonSchema.pattern);
    },
  });
  const { $schema: _, ...rest } = described;
  return rest;
}

/** Classes for control characters, for format characters up to U+FFFF, and for any character. */
const classes = [
  [/\\p\{Cc\}/g, String.raw`\u0000-\u001f\u007f-\u009f`],
  [
    /\\p\{Cf\}/g,
    String.raw`\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb`,
  ],
  [/\[\^\]/g, String.raw`[\s\S]`],
] as const;

/** Replaces syntax that only JavaScript supports, because clients in other languages use the patterns too. */
export function portablePattern(pattern: string): string {
  return classes.reduce((text, [found, written]) => text.replaceAll(found, written), pattern);
}
