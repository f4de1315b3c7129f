// Modules of oidc-provider that src/oidc/patches/ reads or changes, and that have no types of their own.
declare module 'oidc-provider/lib/helpers/weak_cache.js' {
  import type { Provider } from 'oidc-provider';

  /** What oidc-provider keeps beside a provider. */
  export default function readInternals(provider: Provider): unknown;
}

declare module 'oidc-provider/lib/actions/userinfo.js' {
  const steps: readonly ((...parameters: never[]) => unknown)[];
  export default steps;
}

declare module 'oidc-provider/lib/helpers/router.js' {
  import type { KoaContextWithOIDC } from 'oidc-provider';

  type Middleware = (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => unknown;

  export default class Router {
    get(name: string, path: string, ...stack: Middleware[]): this;
    post(name: string, path: string, ...stack: Middleware[]): this;
    put(name: string, path: string, ...stack: Middleware[]): this;
    delete(name: string, path: string, ...stack: Middleware[]): this;
    options(name: string, path: string, ...stack: Middleware[]): this;
  }
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

declare module 'oidc-provider/lib/actions/revocation.js' {
  const steps: readonly ((...parameters: never[]) => unknown)[];
  export default steps;
}

declare module 'oidc-provider/lib/shared/reject_structured_tokens.js' {
  import type { Step } from '#oidc/patches/overhead/engine-version.ts';
  const step: Step;
  export default step;
}

declare module 'oidc-provider/lib/helpers/certificate_thumbprint.js' {
  export default function certificateThumbprint(certificate: string): string;
}

declare module 'oidc-provider/lib/helpers/configuration_result.js' {
  /** Returns an account as it is, and throws for other values than an account or `undefined`. */
  export function account(value: unknown): object | undefined;
}

declare module 'oidc-provider/lib/helpers/validate_dpop.js' {
  import type { Provider } from 'oidc-provider';

  interface Proof {
    readonly thumbprint: string;
  }

  export default function validateDpop(
    provider: Provider,
    ctx: object,
    accessToken: string | undefined,
  ): Promise<Proof | undefined>;

  export function checkDpopReplay(
    provider: Provider,
    ctx: object,
    proof: Proof | undefined,
    clientId: string | undefined,
    error: new (detail: string) => Error,
  ): Promise<void>;
}

declare module 'oidc-provider/lib/actions/token.js' {
  const steps: readonly ((...parameters: never[]) => unknown)[];
  export default steps;
}
declare module 'oidc-provider/lib/actions/authorization/index.js' {
  export default function stepsOf(
    endpoint: 'authorization',
  ): readonly ((...parameters: never[]) => unknown)[];
}
declare module 'oidc-provider/lib/helpers/process_response_types.js' {
  import type { KoaContextWithOIDC } from 'oidc-provider';

  /** Issues what the response type names, and returns its parameters. */
  export default function issue(ctx: KoaContextWithOIDC): Promise<{ readonly code?: string }>;
}
declare module 'oidc-provider/lib/helpers/redirect_uri.js' {
  export default function addParameters(
    uri: string,
    parameters: Readonly<Record<string, string>>,
    mode: 'query' | 'fragment',
  ): string;
}
declare module 'oidc-provider/lib/shared/jwt_client_auth.js' {
  import type { KoaContextWithOIDC } from 'oidc-provider';
  import type { KeyStore } from '#oidc/patches/private-members.ts';

  export default function checkAssertion(
    ctx: KoaContextWithOIDC,
    keys: KeyStore | undefined,
    isAccepted: (algorithm: string) => boolean,
  ): Promise<void>;
}
declare module 'oidc-provider/lib/shared/error_handler.js' {
  import type { KoaContextWithOIDC } from 'oidc-provider';

  export default function createErrorHandler(
    event: string,
  ): (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => Promise<void>;
}
declare module 'oidc-provider/lib/helpers/grant_common.js' {
  import type { Grant, Provider, TokenEndpointGrantContext } from 'oidc-provider';

  /** Issues the tokens of a grant, and sets the response. */
  export function issueTokens(
    provider: Provider,
    helpers: object,
    ctx: TokenEndpointGrantContext,
    source: object,
    grant: Grant,
    issuance: object,
  ): Promise<void>;
}

declare module 'oidc-provider/lib/helpers/pkce.js' {
  /** @throws InvalidGrant or InvalidRequest */
  export default function checkPkce(verifier: unknown, challenge: unknown, method: unknown): void;
}
