// JSON Schema (2020-12, the dialect of OpenAPI 3.1) of the zod schemas that validate input and
// output.
import { z } from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Input of a request, as the client sends it: before transformations and defaults. */
export function describeInput(schema: z.ZodType): JsonSchema {
  return describe(schema);
}

/** What a handler returns is what is sent, so an output is described like an input. */
export function describeOutput(schema: z.ZodType): JsonSchema {
  return describe(schema);
}

function describe(schema: z.ZodType): JsonSchema {
  const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const { $schema: _, ...rest } = described;
  return rest;
}
