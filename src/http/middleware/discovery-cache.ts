// Caches the discovery documents and the JWKS as bytes after oidc-provider's first response. They
// cannot change while a process runs: settings and keys are read at start-up.
import type { UrlAreas } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';
import { sha256Text } from '#platform/crypto/hashing.ts';

const documents = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/oauth2/jwks',
];

/** A new key must be published for longer than this before it signs. */
const cacheControl = 'public, max-age=300';

interface PublicDocument {
  readonly bytes: Buffer;
  readonly type: string;
  readonly etag: string;
}

export function createPublicDocuments({ addresses }: { addresses: UrlAreas }) {
  const paths = new Set(documents.map((path) => addresses.basePath + path));
  const cached = new Map<string, PublicDocument>();

  /**
   * Returns `undefined` if the document does not exist; the response then already carries the
   * error.
   */
  async function fetchDocument(ctx: Context, next: Next): Promise<PublicDocument | undefined> {
    await next();
    if (ctx.status !== 200) return undefined;
    const bytes = Buffer.from(JSON.stringify(ctx.body));
    const etag = `"${sha256Text(bytes).slice(0, 22)}"`;
    const document = { bytes, type: ctx.response.get('Content-Type'), etag };
    cached.set(ctx.path, document);
    return document;
  }

  return async function servePublicDocuments(ctx: Context, next: Next): Promise<unknown> {
    const isRead = ctx.method === 'GET' || ctx.method === 'HEAD';
    if (!isRead || !paths.has(ctx.path)) return next();
    const document = cached.get(ctx.path) ?? (await fetchDocument(ctx, next));
    if (!document) return undefined;
    ctx['_matchedRoute'] = addresses.shorten(ctx.path);
    ctx.status = 200;
    // As oidc-provider does: a page of any origin may read public documents.
    ctx.vary('Origin');
    ctx.set('Access-Control-Allow-Origin', ctx.get('Origin') || '*');
    ctx.set('Cache-Control', cacheControl);
    ctx.set('ETag', document.etag);
    ctx.set('Content-Type', document.type);
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = document.bytes;
    return undefined;
  };
}
