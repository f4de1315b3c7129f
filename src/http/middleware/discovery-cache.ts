// Caches the discovery documents and the JWKS as text after oidc-provider's first response. Settings cannot
// change while a process runs; the JWKS is read again when the signing keys have changed, the metadata when
// the authorization details types may have changed.
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

/** The version of the JWKS, and how long clients may cache it. */
export interface PublishedKeys {
  /** Changes with the keys. */
  readonly version: () => string;
  readonly maxAgeSeconds: number;
}

/** The version of the metadata. */
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
  readonly text: string;
  /** Length of the text in UTF-8. */
  readonly bytes: number;
  readonly headers: DocumentHeaders;
}

interface DocumentHeaders {
  readonly 'Cache-Control': string;
  readonly ETag: string;
  readonly 'Content-Type': string;
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

  /** Also used for requests that are answered before the middleware runs. */
  function findCached(path: string): PublicDocument | undefined {
    const document = cached.get(path);
    return document?.version === versionOf(path) ? document : undefined;
  }

  /**
   * Returns `undefined` if the document does not exist; the response then already carries the
   * error.
   */
  async function fetchDocument(ctx: Context, next: Next): Promise<PublicDocument | undefined> {
    // Read before the document: an outdated document under a newer version would stay in the cache.
    const version = versionOf(ctx.path);
    await next();
    if (ctx.status !== 200) return undefined;
    const text = JSON.stringify(ctx.body, withoutEmptyLists);
    const bytes = Buffer.byteLength(text);
    const document = { version, text, bytes, headers: headersOf(ctx, text) };
    cached.set(ctx.path, document);
    return document;
  }

  function headersOf({ path, response }: Context, text: string): DocumentHeaders {
    const isJwks = path === jwksPath;
    const maxAgeSeconds = isJwks ? publishedKeys.maxAgeSeconds : usualMaxAgeSeconds;
    return {
      'Cache-Control': `public, max-age=${maxAgeSeconds}`,
      ETag: `"${sha256Text(text).slice(0, 22)}"`,
      'Content-Type': response.get('Content-Type'),
    };
  }

  async function servePublicDocuments(ctx: Context, next: Next): Promise<unknown> {
    const isRead = ctx.method === 'GET' || ctx.method === 'HEAD';
    if (!isRead || !paths.has(ctx.path)) return next();
    const document = findCached(ctx.path) ?? (await fetchDocument(ctx, next));
    if (!document) return undefined;
    ctx['_matchedRoute'] = addresses.shorten(ctx.path);
    ctx.status = 200;
    // As oidc-provider does: a page of any origin may read public documents.
    ctx.vary('Origin');
    ctx.set('Access-Control-Allow-Origin', ctx.get('Origin') || '*');
    ctx.set({ ...document.headers });
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = document.text;
    return undefined;
  }

  return { servePublicDocuments, findCached };
}
