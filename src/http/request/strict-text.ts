// Strict checks for untrusted text before it is decoded: well-formed percent-encoded UTF-8, no NUL,
// each name once. Databases, logs and other parsers disagree about everything else.
import { AppError } from '#platform/errors.ts';

const maxFields = 256;

/** RFC 8707 §2 and RFC 8693 §2.1 allow these to be repeated; oidc-provider checks where. */
const repeatable: ReadonlySet<string> = new Set(['resource', 'audience']);

/**
 * @throws AppError `invalid_input` unless every `%` starts well-formed UTF-8 and the text has no
 * NUL
 */
export function checkEncoding(text: string): void {
  if (text.includes('\0')) throw refuseNul();
  if (!text.includes('%')) return;
  if (text.includes('%00')) throw refuseNul();
  try {
    decodeURIComponent(text);
  } catch (cause) {
    throw new AppError('invalid_input', 'The request is not correctly encoded.', { cause });
  }
}

function refuseNul(): AppError {
  return new AppError('invalid_input', 'The request contains a NUL character.');
}

/**
 * Parses a query or a form. `mayRepeat` allows repetition of the parameters that may be repeated.
 */
export function readPairs(
  text: string,
  { mayRepeat }: { mayRepeat: boolean },
): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  let count = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    count += 1;
    if (count > maxFields) throw new AppError('invalid_input', 'The request has too many fields.');
    const isRepeated = pairs.has(name) && !(mayRepeat && repeatable.has(name));
    if (isRepeated) throw new AppError('invalid_input', 'A parameter was sent more than once.');
    pairs.set(name, value);
  }
  return pairs;
}
