// Reads JSON that an operator has written.
import { AppError } from '#platform/errors.ts';

/** @throws AppError `invalid_input` that repeats nothing of the text, for it may hold a secret */
export function readJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text, refuseNul);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const [where = ''] =
      /line \d+ column \d+/.exec(cause instanceof Error ? cause.message : '') ?? [];
    throw new AppError('invalid_input', `${what} are not JSON${where && `, at ${where}`}.`, {
      cause,
    });
  }
}

/** PostgreSQL has no room for it in text. */
function refuseNul(key: string, value: unknown): unknown {
  if (!key.includes('\0') && !(typeof value === 'string' && value.includes('\0'))) return value;
  throw new AppError(
    'invalid_input',
    'The JSON contains the character NUL, which is not possible.',
  );
}
