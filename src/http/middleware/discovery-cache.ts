// Caches the discovery documents and the JWKS as bytes after oidc-provider's first response. Settings
// cannot change while a process runs; the JWKS is read again when the signing keys have changed, the
// metadata when the types of authorization details may have.
import type { UrlAreas } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';
import { sha256Text } from '#platform/crypto/hashing.ts';

const jwks = '/oauth2/jwks';
const documents = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  jwks,
];

const usualMaxAgeSeconds = 300;

/** What changes the JWKS, and how long clients may cache it. */
export interface PublishedKeys {
  /** Changes with the keys. */
  readonly version: () => string;
  readonly maxAgeSeconds: number;
}

/** What changes the metadata. */
export interface PublishedTypes {
  readonly version: () => string;
}

export interface PublicDocumentDependencies {
  readonly addresses: UrlAreas;
  readonly publishedKeys?: PublishedKeys | undefined;
  readonly publishedTypes?: PublishedTypes | undefined;
}

interface PublicDocument {
  readonly version: string;
  readonly bytes: Buffer;
  readonly type: string;
  readonly etag: string;
}

/** RFC 8414 §3.2: a list without elements must be omitted. */
function withoutEmptyLists(name: string, value: unknown): unknown {
  const isEmpty = name.endsWith('_supported') && Array.isArray(value) && value.length === 0;
  return isEmpty ? undefined : value;
}

export function createPublicDocuments({
  addresses,
  publishedKeys = { version: () => '', maxAgeSeconds: usualMaxAgeSeconds },
  publishedTypes = { version: () => '' },
}: PublicDocumentDependencies) {
  const paths = new Set(documents.map((path) => addresses.basePath + path));
  const jwksPath = addresses.basePath + jwks;
  const cached = new Map<string, PublicDocument>();

  const versionOf = (path: string): string =>
    (path === jwksPath ? publishedKeys : publishedTypes).version();

  function findCached(path: string): PublicDocument | undefined {
    const document = cached.get(path);
    return document?.version === versionOf(path) ? document : undefined;
  }

  /**
   * Returns `undefined` if the document does not exist; the response then already carries the
   * error.
   */
  async function fetchDocument(ctx: Context, next: Next): Promise<PublicDocument | undefined> {
    // Read first: a document that is older than its version would stay in the cache.
    const version = versionOf(ctx.path);
    await next();
    if (ctx.status !== 200) return undefined;
    const bytes = Buffer.from(JSON.stringify(ctx.body, withoutEmptyLists));
    const etag = `"${sha256Text(bytes).slice(0, 22)}"`;
    const document = { version, bytes, type: ctx.response.get('Content-Type'), etag };
    cached.set(ctx.path, document);
    return document;
  }

  return async function servePublicDocuments(ctx: Context, next: Next): Promise<unknown> {
    const isRead = ctx.method === 'GET' || ctx.method === 'HEAD';
    if (!isRead || !paths.has(ctx.path)) return next();
    const document = findCached(ctx.path) ?? (await fetchDocument(ctx, next));
    if (!document) return undefined;
    ctx['_matchedRoute'] = addresses.shorten(ctx.path);
    ctx.status = 200;
    // As oidc-provider does: a page of any origin may read public documents.
    ctx.vary('Origin');
    ctx.set('Access-Control-Allow-Origin', ctx.get('Origin') || '*');
    const isJwks = ctx.path === jwksPath;
    const maxAgeSeconds = isJwks ? publishedKeys.maxAgeSeconds : usualMaxAgeSeconds;
    ctx.set('Cache-Control', `public, max-age=${maxAgeSeconds}`);
    ctx.set('ETag', document.etag);
    ctx.set('Content-Type', document.type);
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = document.bytes;
    return undefined;
  };
}
