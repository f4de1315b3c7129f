// Access to oidc-provider's request context. Adapters are called without the context; it exists
// only inside oidc-provider's routes.
import Provider, { type KoaContextWithOIDC } from 'oidc-provider';

export function providerContext(): KoaContextWithOIDC | undefined {
  return Provider.ctx;
}

/** oidc-provider's name of the current route: `token`, `introspection`, `authorization` ... */
export function currentRoute(): string | undefined {
  return providerContext()?.oidc.route;
}
