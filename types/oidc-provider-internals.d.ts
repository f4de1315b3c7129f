// A module of oidc-provider that src/oidc/patches/ reads, and that has no types of its own.
declare module 'oidc-provider/lib/helpers/weak_cache.js' {
  import type { Provider } from 'oidc-provider';

  /** What oidc-provider keeps beside a provider. */
  export default function readInternals(provider: Provider): unknown;
}
