// Patterns and formats of declared schemas, applied to untrusted input. Both run in time linear in
// the length of the text, which prevents ReDoS: patterns use an engine without backtracking (RE2),
// and formats limit the length of the text.
import { str, type Format, type FormatDefinition, type FuncKeywordDefinition } from 'ajv';
import { RE2JS } from 're2js';

export interface Matcher {
  test(text: string): boolean;
  toString(): string;
}

type Compiled =
  | { readonly ok: true; readonly matcher: Matcher }
  | { readonly ok: false; readonly why: string };

/** The pattern must be valid in ECMAScript, as JSON Schema requires, and in RE2. */
export function compilePattern(pattern: string): Compiled {
  const fault = tryTo(() => new RegExp(pattern, 'u'));
  if (fault !== undefined) return { ok: false, why: fault };
  let matcher: Matcher | undefined;
  const unsupported = tryTo(() => {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
    // Ajv distinguishes patterns by their text.
    matcher = { test: (text) => compiled.test(text), toString: () => pattern };
  });
  if (matcher) return { ok: true, matcher };
  return { ok: false, why: describeUnsupported(pattern) ?? unsupported ?? 'unknown syntax' };
}

/** Names a feature of ECMAScript patterns that an engine in linear time cannot support. */
function describeUnsupported(pattern: string): string | undefined {
  if (/\(\?<?[=!]/.test(pattern)) return 'lookahead and lookbehind are not supported';
  if (/\\(?:[1-9]|k<)/.test(pattern)) return 'backreferences are not supported';
  return undefined;
}

function tryTo(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The keyword `pattern`; it skips a text that an adjacent `maxLength` has already refused. */
export function patternKeyword(compile: (pattern: string) => Matcher): FuncKeywordDefinition {
  return {
    keyword: 'pattern',
    type: 'string',
    schemaType: 'string',
    errors: false,
    error: { message: ({ schemaCode }) => str`must match pattern "${schemaCode}"` },
    compile(pattern: string, parent) {
      const matcher = compile(pattern);
      const bound: unknown = Object.hasOwn(parent, 'maxLength') ? parent['maxLength'] : undefined;
      const longest = typeof bound === 'number' ? bound : Infinity;
      return (text: string) => isLonger(text, longest) || matcher.test(text);
    },
  };
}

/** Compares in code points, as JSON Schema does, but does not count those of a much longer text. */
function isLonger(text: string, longest: number): boolean {
  if (text.length <= longest) return false;
  return text.length > longest * 2 || Array.from(text).length > longest;
}

/** Maximum length by format; the general limit is the practical maximum length of a URI. */
const lengthOfLongest: Readonly<Record<string, number>> = { email: 254, hostname: 254 };
const maxFormattedLength = 2048;
/** Formats without a limit: `regex` is compiled but not run, the others are linear. */
const unbounded = new Set(['regex', 'byte', 'binary', 'password']);

/** Wraps a format so that it refuses a text longer than the format allows. */
export function boundFormat(name: string, format: Format): Format {
  const test = testOf(format);
  if (!test || unbounded.has(name)) return format;
  const longest = lengthOfLongest[name] ?? maxFormattedLength;
  const validate = (text: string) => text.length <= longest && test(text);
  // Other members, such as `compare`, are kept.
  return isDefinition(format) ? { ...format, validate } : validate;
}

function testOf(format: Format): ((text: string) => boolean) | undefined {
  if (format instanceof RegExp) return (text) => format.test(text);
  if (!isDefinition(format)) return undefined;
  const { validate } = format;
  if (validate instanceof RegExp) return (text) => validate.test(text);
  return typeof validate === 'function' ? (text) => validate(text) : undefined;
}

function isDefinition(format: Format): format is FormatDefinition<string> {
  return typeof format === 'object' && !(format instanceof RegExp) && format.type !== 'number';
}
