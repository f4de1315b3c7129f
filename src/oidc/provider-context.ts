// The engine's own request context, as far as the adapter needs it, in one place: the adapter is
// called without it, and only inside the engine's routes is there one.
import Provider, { type KoaContextWithOIDC } from 'oidc-provider';

export function engineContext(): KoaContextWithOIDC | undefined {
  return Provider.ctx;
}

/** The engine's name for the route: `token`, `introspection`, `authorization` ... */
export function currentRoute(): string | undefined {
  return engineContext()?.oidc.route;
}
