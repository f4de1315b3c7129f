// Patch: replaces some error responses of oidc-provider. It emits an event after it has set the response and
// before it sends it, so a listener can change the response.
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

/** oidc-provider responds with 500 to every unknown error; an unavailable store must be 503. */
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

/** Not for a repeated parameter or an unknown grant type, which have errors of their own. */
function isGrantTypeRefused({ oidc }: KoaContextWithOIDC): boolean {
  const grantType = oidc.params?.['grant_type'];
  if (typeof grantType !== 'string' || !oidc.client) return false;
  return !oidc.client.grantTypeAllowed(grantType);
}
