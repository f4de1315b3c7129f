// The sector of a client with pairwise subject identifiers (OpenID Connect Core §8.1), from its metadata. For
// a client that oidc-provider has loaded, it returns the same sector itself.

type Metadata = Readonly<Record<string, unknown>>;

/** `undefined` for a client that knows users by their ids. */
export function pairwiseSectorOf(metadata: Metadata): string | undefined {
  if (metadata['subject_type'] !== 'pairwise') return undefined;
  const { sector_identifier_uri: named, redirect_uris: uris, jwks_uri: keys } = metadata;
  const { response_types: types } = metadata;
  // A client without redirect URIs, such as one on a device, has the host of its `jwks_uri` as its sector.
  const isRedirected = !Array.isArray(types) || types.length > 0;
  const [redirect]: unknown[] = Array.isArray(uris) ? uris : [];
  return new URL(String(named ?? (isRedirected ? redirect : keys))).host;
}
