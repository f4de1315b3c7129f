// The metadata of the API itself (RFC 9728), from which clients learn where to obtain a token.
import type { ResourceServerOptions } from './types.ts';

const wellKnown = '/.well-known/oauth-protected-resource';

export interface ResourceMetadata {
  /** Where the document is served, relative to the origin of the API. */
  readonly path: string;
  readonly url: string;
  readonly document: Readonly<Record<string, unknown>>;
}

/** `undefined` if the audience is not a URL, which the standard requires. */
export function describeResource(
  { issuer, audience, metadata = {}, dpop }: ResourceServerOptions,
  dpopAlgorithms: readonly string[],
): ResourceMetadata | undefined {
  const resource = URL.parse(audience);
  if (!resource || !/^https?:$/.test(resource.protocol)) return undefined;
  const path = `${wellKnown}${resource.pathname === '/' ? '' : resource.pathname}`;
  const document = {
    resource: audience,
    authorization_servers: [issuer],
    bearer_methods_supported: ['header'],
    dpop_signing_alg_values_supported: dpopAlgorithms,
    dpop_bound_access_tokens_required: dpop?.required === true,
    ...metadata,
  };
  return { path, url: `${resource.origin}${path}`, document };
}
