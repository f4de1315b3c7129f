// Patch: the types of authorization details (RFC 9396). oidc-provider reads them once, when it is created;
// operators define them at run time, as part of an API.
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import readInternals from 'oidc-provider/lib/helpers/weak_cache.js';

interface DetailInternals {
  readonly features: {
    readonly richAuthorizationRequests: { types: Record<string, { validate: Validate }> };
  };
  /** The members of client metadata that oidc-provider reads. */
  readonly RECOGNIZED_METADATA: string[];
}

type Validate = (ctx: never, detail: never, client: never) => Promise<void>;

const clientMember = 'authorization_details_types';

/**
 * Makes oidc-provider accept every type; our validation refuses types that no API defines or that the client
 * may not request. Discovery publishes the types that `list` returns.
 */
export function validateEveryDetailType(
  provider: Provider,
  validate: Validate,
  list: () => Promise<readonly string[]>,
): void {
  // The contract test of this patch proves the type.
  const internals = readInternals(provider) as DetailInternals;
  const { features, RECOGNIZED_METADATA: members } = internals;
  members.splice(members.indexOf(clientMember), 1);
  const value = { validate };
  const descriptor = { value, configurable: true, enumerable: true, writable: true };
  features.richAuthorizationRequests.types = new Proxy<Record<string, { validate: Validate }>>(
    {},
    { get: () => value, has: () => true, getOwnPropertyDescriptor: () => descriptor },
  );
  publishTypes(provider, list);
}

/** RFC 9396 §10. oidc-provider would publish an empty list. */
function publishTypes(provider: Provider, list: () => Promise<readonly string[]>): void {
  provider.use(async (ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> => {
    await next();
    const { route } = ctx.oidc ?? {};
    if (route !== 'discovery' || typeof ctx.body !== 'object' || ctx.body === null) return;
    Object.assign(ctx.body, { [`${clientMember}_supported`]: await list() });
  });
}
