// Validates the method, the path and the query before routing: one spelling per URL, no text that
// later readers would decode differently, and no credential in a URL that would be logged.
import type { UrlAreas } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';
import { AppError } from '#platform/errors.ts';
import { checkDocuments, checkToken } from '#platform/strict-json.ts';
import { checkEncoding, readPairs } from './strict-text.ts';

/** In characters. A larger authorization request must be pushed (RFC 9126) or posted. */
export const maxTargetLength = 12 * 1024;

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const visible = /^\/[\x21-\x7e]*$/;
const plainPath = /^(?:\/(?:[\w.~!$&'()*+,=:@-]|%[\da-f]{2})*)+$/i;
const dotOrEmptySegment = /\/\.{0,2}\/|\/\.{1,2}$/;
/** A percent-encoded unreserved character, or one that must not be hidden: / ; \ % and control characters. */
const needlessEncoding = /%(?:[01].|2[5d-f]|3[\db]|[46][1-9a-f]|5[\dacf]|7[\daef])/i;
/** Paths are lower case; oidc-provider would also match other spellings. */
const upperCaseArea = /^\/(?:[^/]*[A-Z]|(?:oauth2|auth|\.well-known|health)\/[^/]*[A-Z])/;
const trailingSlash = /^\/(?:oauth2|\.well-known|device|health)\/(?:.*\/)?$/;

/** URLs are kept in browser histories and logs (RFC 9700 §4.3.2, OAuth 2.1 §5.1). */
const credentials: ReadonlySet<string> = new Set([
  'access_token',
  'client_assertion',
  'client_secret',
  'code_verifier',
  'device_code',
  'password',
  'refresh_token',
]);

/** True if the parameter must not be sent in a URL. */
export function isCredential(name: string): boolean {
  return credentials.has(name);
}

/** If one of these is repeated, Node keeps the first and silently drops the others. */
const singleHeaders: ReadonlySet<string> = new Set(['host', 'authorization', 'content-type']);

function checkHeaders({ req }: Context): void {
  const seen = new Set<string>();
  for (let position = 0; position < req.rawHeaders.length; position += 2) {
    const name = req.rawHeaders[position]?.toLowerCase() ?? '';
    if (!singleHeaders.has(name)) continue;
    if (seen.has(name)) throw new AppError('invalid_input', 'A header was sent more than once.');
    seen.add(name);
  }
}

function checkPath(path: string, addresses: UrlAreas): void {
  checkEncoding(path);
  const short = addresses.shorten(path);
  const isNormal =
    plainPath.test(path) &&
    !dotOrEmptySegment.test(path) &&
    !needlessEncoding.test(path) &&
    !upperCaseArea.test(short) &&
    !trailingSlash.test(short);
  if (!isNormal) throw new AppError('not_found', 'Not found.');
}

function checkQuery(query: string, isProtocol: boolean): void {
  checkEncoding(query);
  const parameters = readPairs(query, { mayRepeat: isProtocol });
  checkDocuments(parameters);
  const exposed = isProtocol && [...parameters.keys()].some(isCredential);
  if (exposed) throw new AppError('invalid_input', 'A credential must not be sent in a URL.');
}

export function createTargetCheck({ addresses }: { addresses: UrlAreas }) {
  return function checkTarget(ctx: Context, next: Next): unknown {
    if (!methods.includes(ctx.method)) {
      ctx.set('Allow', methods.join(', '));
      throw new AppError('method_not_allowed', 'This method is not supported.');
    }
    checkHeaders(ctx);

    const target = ctx.req.url ?? '';
    if (target.length > maxTargetLength) ctx.throw(414);
    if (!visible.test(target) || target.includes('#'))
      throw new AppError('invalid_input', 'The request target is malformed.');

    const [path = ''] = target.split('?', 1);
    checkPath(path, addresses);
    const query = target.slice(path.length + 1);
    if (query !== '') checkQuery(query, addresses.areaOf(path) === 'protocol');
    checkToken(ctx.get('DPoP'));
    return next();
  };
}
