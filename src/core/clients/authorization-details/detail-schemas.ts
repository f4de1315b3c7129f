// Compiles the JSON Schema of a type of authorization details, and checks details with it. Patterns
// are refused: details come from clients, and a regular expression can take hours for a crafted text.

type Schema = Readonly<Record<string, unknown>>;

/** Returns why a detail is invalid. */
export type DetailCheck = (detail: object) => string | undefined;

export type CompiledDetailSchema =
  | { readonly ok: true; readonly check: DetailCheck }
  | { readonly ok: false; readonly fault: string };

/** Formats that are checked without a costly regular expression. */
const usedFormats = ['date', 'date-time', 'email', 'uri', 'uuid'] as const;

export async function compileDetailSchema(schema: Schema): Promise<CompiledDetailSchema> {
  if (hasPattern(schema)) return { ok: false, fault: 'patterns are not supported' };
  const { Ajv2020, addFormats } = await loadCompiler();
  // One compiler per schema, so that schemas cannot refer to each other. No reference is fetched.
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    logger: false,
    ownProperties: true,
  });
  addFormats(ajv, [...usedFormats]);
  try {
    const validate = ajv.compile(schema);
    return {
      ok: true,
      check(detail) {
        if (validate(detail)) return undefined;
        const [error] = validate.errors ?? [];
        return `${error?.instancePath ?? ''} ${error?.message ?? 'is invalid'}`.trim();
      },
    };
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    return { ok: false, fault: fault.slice(0, 300) };
  }
}

/** Loaded on first use: few installations define types, and every command would load it otherwise. */
async function loadCompiler() {
  const [{ Ajv2020 }, { default: formats }] = await Promise.all([
    import('ajv/dist/2020.js'),
    import('ajv-formats'),
  ]);
  return { Ajv2020, addFormats: formats.default };
}

/** Keywords whose members are named freely, and keywords whose value is not a schema. */
const named = new Set(['properties', '$defs', 'definitions', 'dependentSchemas']);
const values = new Set(['const', 'enum', 'default', 'examples', 'required']);

function hasPattern(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some(hasPattern);
  if (typeof schema !== 'object' || schema === null) return false;
  return Object.entries(schema).some(([keyword, value]: [string, unknown]) => {
    if (keyword === 'pattern' || keyword === 'patternProperties') return true;
    if (values.has(keyword)) return false;
    return named.has(keyword) ? Object.values(Object(value)).some(hasPattern) : hasPattern(value);
  });
}

/** Compiled schemas are kept, because compiling takes longer than everything else in a request. */
export function createDetailChecks() {
  const known = new Map<string, DetailCheck>();
  const maxKept = 200;

  return async (schema: Schema): Promise<DetailCheck> => {
    const key = JSON.stringify(schema);
    const found = known.get(key);
    if (found) return found;
    const compiled = await compileDetailSchema(schema);
    const check: DetailCheck = compiled.ok
      ? compiled.check
      : () => 'has a type with an invalid schema';
    if (known.size >= maxKept) known.clear();
    known.set(key, check);
    return check;
  };
}

export type DetailChecks = ReturnType<typeof createDetailChecks>;
