// Patch: error responses that oidc-provider would send otherwise. It emits an event after it has set
// the response and before it sends it, so a listener can replace the response.
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

/** oidc-provider answers 500 to every error that it does not know; an unavailable store is 503. */
export function onServerError(
  provider: Provider,
  answer: (ctx: KoaContextWithOIDC, error: unknown) => void,
): void {
  provider.on('server_error', answer);
}

interface TokenError {
  readonly error?: string | undefined;
  readonly error_description?: string | undefined;
}

/**
 * A client that may not use a grant type receives `unauthorized_client` (RFC 6749 §5.2), where
 * oidc-provider responds with `invalid_request`.
 */
export function answerUnauthorizedClient(provider: Provider): void {
  provider.on('grant.error', (ctx: KoaContextWithOIDC, error: TokenError): void => {
    if (error.error !== 'invalid_request' || !isGrantTypeRefused(ctx)) return;
    ctx.body = { error: 'unauthorized_client', error_description: error.error_description };
  });
}

/** A repeated parameter and an unknown grant type have errors of their own. */
function isGrantTypeRefused({ oidc }: KoaContextWithOIDC): boolean {
  const grantType = oidc.params?.['grant_type'];
  if (typeof grantType !== 'string' || !oidc.client) return false;
  return !oidc.client.grantTypeAllowed(grantType);
}
