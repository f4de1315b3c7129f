// Parses JSON written by an operator.
import { AppError } from '#platform/errors.ts';

/**
 * @throws AppError `invalid_input` whose message contains no part of the text, which may contain a
 * secret
 */
export function readJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text, refuseNul);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const [where = ''] =
      /line \d+ column \d+/.exec(cause instanceof Error ? cause.message : '') ?? [];
    throw new AppError('invalid_input', `${what} are not valid JSON${where && `, at ${where}`}.`, {
      cause,
    });
  }
}

/** PostgreSQL text cannot contain NUL. */
function refuseNul(key: string, value: unknown): unknown {
  if (!key.includes('\0') && !(typeof value === 'string' && value.includes('\0'))) return value;
  throw new AppError('invalid_input', 'The JSON contains the character NUL, which is not allowed.');
}
