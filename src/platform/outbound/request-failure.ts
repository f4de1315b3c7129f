// Why an outbound request failed, in a sentence for operators: consoles and logs show it.
import { maskText } from '#platform/logging/log-fields.ts';

/** Maximum length in characters, because messages of other servers may be longer. */
const maxLength = 200;

/** @param peer the called party, such as `endpoint`: "The endpoint did not respond in time." */
export function describeRequestFailure(error: unknown, peer: string): string {
  if (!(error instanceof Error)) return 'The request failed.';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') {
    return `The ${peer} did not respond in time.`;
  }
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  return maskText(`${error.message}${code}`).slice(0, maxLength);
}
