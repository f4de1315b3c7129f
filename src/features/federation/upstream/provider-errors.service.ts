// Classifies errors of a federated sign-in for the message that the user sees.
import type { TokenFault } from './id-tokens.service.ts';

export type ProviderFault =
  | TokenFault
  /** The provider is unavailable or misconfigured. */
  | 'away'
  /** The user or the provider refused the request. */
  | 'denied';

/** The provider did not respond, or responded with a server error. */
export class ProviderUnreachable extends Error {}

/** Searches the chain of causes, because libraries wrap the original error. */
export function faultOf(error: unknown): ProviderFault {
  for (let each: unknown = error, depth = 0; each instanceof Error && depth < 6; depth += 1) {
    if (each instanceof ProviderUnreachable || each.name === 'TimeoutError') return 'away';
    if ('code' in each && each.code === 'OAUTH_TIMEOUT') return 'away';
    if (each.name === 'AuthorizationResponseError') return answerOf(each);
    each = each.cause;
  }
  return 'refused';
}

function answerOf(error: Error): ProviderFault {
  const said = 'error' in error ? error.error : undefined;
  if (said === 'server_error' || said === 'temporarily_unavailable') return 'away';
  return 'denied';
}
