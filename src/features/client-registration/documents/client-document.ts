// Reads the metadata document of a client whose id is its URL
// (draft-ietf-oauth-client-id-metadata-document).
import { invalidMetadata } from '#features/client-registration/registration-refusal.ts';
import type { Metadata } from '#features/client-registration/registration-policy.ts';

/** Limited by the column for client ids. */
const maxIdLength = 255;
/** Bounds of the cache lifetime, whatever the response headers say. */
export const minFreshSeconds = 60;
export const maxFreshSeconds = 24 * 60 * 60;
export const maxDocumentBytes = 5 * 1024;

/** True for an https URL with a path, without fragment, credentials, dot segments and escapes of them. */
export function isDocumentUrl(id: string): boolean {
  if (id.length > maxIdLength || !/^https:\/\/[\x21-\x5b\x5d-\x7e]+$/.test(id)) return false;
  const url = URL.parse(id);
  // A URL in a non-canonical spelling, for example with dot segments, differs from its serialization.
  return (
    url !== null &&
    url.href === id &&
    url.pathname !== '/' &&
    !id.includes('#') &&
    !/%2e/i.test(url.pathname) &&
    url.username === '' &&
    url.password === ''
  );
}

/** True if the host is one of these domains or a subdomain of one. */
export function isOnPermittedHost(
  id: string,
  permitted: 'on' | 'off' | readonly string[],
): boolean {
  if (permitted === 'on' || permitted === 'off') return permitted === 'on';
  const { hostname } = new URL(id);
  return permitted.some((each) => hostname === each || hostname.endsWith(`.${each}`));
}

const secretMethods: readonly unknown[] = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
];

/**
 * Reads the metadata in a document. A document is public, so it cannot contain a secret.
 * @throws RegistrationRefusal
 */
export function readDocument(id: string, document: unknown): Metadata {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw invalidMetadata('The metadata document of the client must be a JSON object.');
  }
  const metadata: Metadata = { token_endpoint_auth_method: 'none', ...document };
  if (metadata['client_id'] !== id) {
    throw invalidMetadata('The metadata document of the client must contain its URL as client_id.');
  }
  const { token_endpoint_auth_method: method } = metadata;
  const hasSecret = 'client_secret' in metadata || 'client_secret_expires_at' in metadata;
  if (hasSecret || secretMethods.includes(method)) {
    throw invalidMetadata('The metadata document of the client must not rely on a secret.');
  }
  return metadata;
}

/** How long the document may be used without a new request, in seconds. */
export function freshSecondsOf(cacheControl: string | null): number {
  const [, age = '0'] = /(?:^|[,\s])max-age\s*=\s*"?(\d{1,9})/i.exec(cacheControl ?? '') ?? [];
  return Math.min(maxFreshSeconds, Math.max(minFreshSeconds, Number(age)));
}
