// Compiles a JSON Schema declared by an operator and reports everything that is not supported.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Schema } from './fields.ts';
import { boundFormat, compilePattern, patternKeyword, type Matcher } from './schema-patterns.ts';

export interface CompiledSchema {
  readonly validate: ValidateFunction | undefined;
  /** Predicates to be appended to the name of the namespace. */
  readonly faults: readonly string[];
}

export function compileSchema(schema: Schema): CompiledSchema {
  const faults: string[] = [];
  // One compiler per schema, so that schemas cannot refer to each other. No reference is fetched.
  const ajv = createCompiler(faults);
  try {
    const validate = ajv.compile(schema);
    return { validate: faults.length === 0 ? validate : undefined, faults };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      validate: undefined,
      faults: [...faults, `has a schema that is none: ${why.slice(0, 300)}`],
    };
  }
}

function createCompiler(faults: string[]): Ajv2020 {
  const compile = (pattern: string): Matcher => {
    const compiled = compilePattern(pattern);
    if (compiled.ok) return compiled.matcher;
    const shown = JSON.stringify(pattern.slice(0, 100));
    faults.push(`has a pattern that cannot be used, ${shown}: ${compiled.why}`);
    return { test: () => false, toString: () => pattern };
  };
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictRequired: false,
    logger: false,
    // Inherited members such as `toString` must not count as members of the value.
    ownProperties: true,
    // Used for patternProperties. `code` matters only for standalone code, which is not generated.
    code: { regExp: Object.assign(compile, { code: '' }) },
  });
  ajv.addVocabulary(['x-title', 'x-description', 'x-options']);
  ajv.removeKeyword('pattern');
  ajv.addKeyword(patternKeyword(compile));
  formats.default(ajv);
  for (const [name, format] of Object.entries(ajv.formats)) {
    if (format) ajv.addFormat(name, boundFormat(name, format));
  }
  return ajv;
}
