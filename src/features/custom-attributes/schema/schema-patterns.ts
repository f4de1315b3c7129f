// Patterns and formats of an operator's schemas, run on what people and programs send. Both end in
// time that is linear in the text: patterns by an engine without backtracking (RE2), formats by a
// bound on the length of what they look at.
import { str, type Format, type FormatDefinition, type FuncKeywordDefinition } from 'ajv';
import { RE2JS } from 're2js';

export interface Matcher {
  test(text: string): boolean;
  toString(): string;
}

type Compiled =
  | { readonly ok: true; readonly matcher: Matcher }
  | { readonly ok: false; readonly why: string };

/** The pattern must be one of ECMAScript, which is what JSON Schema asks for, and one of RE2. */
export function compilePattern(pattern: string): Compiled {
  const fault = tryTo(() => new RegExp(pattern, 'u'));
  if (fault !== undefined) return { ok: false, why: fault };
  let matcher: Matcher | undefined;
  const unsupported = tryTo(() => {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
    // Validators that are generated tell patterns apart by their text.
    matcher = { test: (text) => compiled.test(text), toString: () => pattern };
  });
  if (matcher) return { ok: true, matcher };
  return { ok: false, why: describeUnsupported(pattern) ?? unsupported ?? 'unknown syntax' };
}

/** What the engines of browsers can do and a linear one cannot. */
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

/** `pattern`, which looks at no text that `maxLength` beside it has refused already. */
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

/** In code points, as JSON Schema counts; of a text that is far too long they are not counted. */
function isLonger(text: string, longest: number): boolean {
  if (text.length <= longest) return false;
  return text.length > longest * 2 || Array.from(text).length > longest;
}

/** Characters that any text of the format needs; the general bound is that of a URI in practice. */
const longestOf: Readonly<Record<string, number>> = { email: 254, hostname: 254 };
const longestFormatted = 2048;
/** `regex` compiles without running; the others accept any text, or look at each character once. */
const unbounded = new Set(['regex', 'byte', 'binary', 'password']);

/** The same format, false for a text that is longer than anything it can mean. */
export function boundFormat(name: string, format: Format): Format {
  const test = testOf(format);
  if (!test || unbounded.has(name)) return format;
  const longest = longestOf[name] ?? longestFormatted;
  const validate = (text: string) => text.length <= longest && test(text);
  // The rest, comparison for one, stays as it is.
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
