// Patch: oidc-provider answers 500 to every error that it does not know. It emits `server_error`
// after it has set the response and before it sends it, so the listener can replace the response by
// a 503 if a store is unavailable.
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

export function onServerError(
  provider: Provider,
  answer: (ctx: KoaContextWithOIDC, error: unknown) => void,
): void {
  provider.on('server_error', answer);
}
