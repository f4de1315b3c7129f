// What went wrong at a provider, as far as the person at our page is concerned.
import type { TokenFault } from './id-tokens.service.ts';

export type ProviderFault =
  | TokenFault
  /** It can not be reached, or does not answer as it should. */
  | 'away'
  /** The person, or the provider, said no. */
  | 'denied';

/** The provider did not answer, or with its own trouble. */
export class ProviderAway extends Error {}

/** Whoever is away says so somewhere below what the libraries make of it. */
export function faultOf(error: unknown): ProviderFault {
  for (let each: unknown = error, depth = 0; each instanceof Error && depth < 6; depth += 1) {
    if (each instanceof ProviderAway || each.name === 'TimeoutError') return 'away';
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
