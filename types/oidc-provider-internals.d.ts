// A module of oidc-provider that src/oidc/patches/ reads, and that has no types of its own.
declare module 'oidc-provider/lib/helpers/weak_cache.js' {
  import type { Provider } from 'oidc-provider';

  /** What oidc-provider keeps beside a provider. */
  export default function readInternals(provider: Provider): unknown;
}

// The parts of oidc-provider that src/oidc/patches/handlers/ calls.
declare module 'oidc-provider/lib/helpers/als.js' {
  import type { AsyncLocalStorage } from 'node:async_hooks';
  import type { KoaContextWithOIDC } from 'oidc-provider';

  const storage: AsyncLocalStorage<KoaContextWithOIDC>;
  export default storage;
}
declare module 'oidc-provider/lib/actions/introspection.js' {
  const steps: readonly ((...parameters: never[]) => unknown)[];
  export default steps;
}
declare module 'oidc-provider/lib/actions/token.js' {
  const steps: readonly ((...parameters: never[]) => unknown)[];
  export default steps;
}
declare module 'oidc-provider/lib/actions/userinfo.js' {
  const steps: readonly ((...parameters: never[]) => unknown)[];
  export default steps;
}
declare module 'oidc-provider/lib/shared/error_handler.js' {
  import type { KoaContextWithOIDC } from 'oidc-provider';

  export default function createErrorHandler(
    event: string,
  ): (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => Promise<void>;
}
