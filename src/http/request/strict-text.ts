// What text from outside must be before anybody decodes it: percent-encoding that is well-formed
// UTF-8, no NUL, every name once. Databases, logs and other parsers disagree about the rest.
import { AppError } from '#platform/errors.ts';

const mostFields = 256;

/** RFC 8707 §2 and RFC 8693 §2.1 let these stand several times; the engine checks where. */
const repeatable: ReadonlySet<string> = new Set(['resource', 'audience']);

/** Throws unless every `%` begins well-formed UTF-8 and nothing means NUL. */
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

/** The pairs of a query or a form. Which names may stand twice is up to the address. */
export function readPairs(
  text: string,
  { mayRepeat }: { mayRepeat: boolean },
): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  let count = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    count += 1;
    if (count > mostFields) throw new AppError('invalid_input', 'The request has too many fields.');
    const isRepeated = pairs.has(name) && !(mayRepeat && repeatable.has(name));
    if (isRepeated) throw new AppError('invalid_input', 'A parameter was sent more than once.');
    pairs.set(name, value);
  }
  return pairs;
}
