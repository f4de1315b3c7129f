// POST to the authorization and logout endpoints (OpenID Connect Core §3.1.2.1, RP-Initiated Logout
// 1.0 §2). A form on a client's page is cross-site and is sent without our SameSite=Lax cookies; a
// redirect to the same endpoint with GET carries them.
import { AppError } from '#platform/errors.ts';
import type { UrlAreas } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';
import { isCredential, maxTargetLength } from '#http/request/request-target.ts';
import { readForm, readQuery } from '#http/request/input.ts';
import { createTokenCookie } from '#http/token-cookie.ts';
import { postedRequestSeconds, type PostedRequests } from '#oidc/sign-in/posted-requests.ts';

const endpoints: ReadonlySet<string> = new Set(['/oauth2/authorize', '/oauth2/logout']);
const allowedMethods = 'GET, HEAD, POST';
/** Replaces parameters in the URL that are stored on the server. */
const handleParameter = 'posted_request';
const wellFormedHandle = /^[\w-]{43}$/;

export interface PostedRequestGuardDependencies {
  readonly addresses: UrlAreas;
  readonly issuerUrl: URL;
  readonly requests: PostedRequests;
}

export function createPostedRequestGuard(dependencies: PostedRequestGuardDependencies) {
  const { addresses, issuerUrl, requests } = dependencies;

  /** One cookie per request, so that requests of two tabs do not replace each other. */
  function cookieOf(id: string) {
    const name = `posted-${id.slice(0, 8)}`;
    return createTokenCookie({ issuerUrl, name, lifeMilliseconds: postedRequestSeconds * 1000 });
  }

  /**
   * The URL of the GET request. Parameters that do not fit are stored and bound to this browser.
   */
  async function addressOf(ctx: Context, path: string, parameters: string): Promise<string> {
    const address = parameters === '' ? ctx.path : `${ctx.path}?${parameters}`;
    if (address.length <= maxTargetLength) return address;
    const { id, secret } = await requests.keep(path, parameters);
    cookieOf(id).set(ctx, secret);
    return `${ctx.path}?${handleParameter}=${id}`;
  }

  async function redirectToGet(ctx: Context, path: string): Promise<void> {
    const parameters = await readParameters(ctx);
    const address = await addressOf(ctx, path, parameters.toString());
    ctx.status = 303;
    ctx.redirect(address);
  }

  /** Replaces the handle by the stored parameters for all later handlers. */
  async function restoreParameters(ctx: Context, path: string): Promise<void> {
    const query = readQuery(ctx);
    if (!query.has(handleParameter)) return;
    const id = query.get(handleParameter);
    const cookie = wellFormedHandle.test(id) ? cookieOf(id) : undefined;
    const secret = cookie?.read(ctx);
    const parameters = secret && (await requests.take({ path, id, secret }));
    if (!parameters) {
      throw new AppError('expired', 'The posted request has expired or was already used.');
    }
    cookie?.clear(ctx);
    ctx.querystring = parameters;
  }

  return async function servePostedRequest(ctx: Context, next: Next): Promise<unknown> {
    const path = addresses.shorten(ctx.path);
    if (!endpoints.has(path)) return next();
    if (ctx.method === 'POST') {
      ctx['_matchedRoute'] = path;
      return redirectToGet(ctx, path);
    }
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      ctx.set('Allow', allowedMethods);
      throw new AppError('method_not_allowed', 'This endpoint only supports GET, HEAD and POST.');
    }
    await restoreParameters(ctx, path);
    return next();
  };
}

/**
 * Reads all parameters, each once. Repetition, encoding and embedded documents were checked before.
 */
async function readParameters(ctx: Context): Promise<URLSearchParams> {
  await readForm(ctx);
  const query = new URLSearchParams(ctx.querystring);
  const body = new URLSearchParams(ctx.state.body?.text ?? '');
  const names = [...query.keys(), ...body.keys()];
  if (names.some(isCredential)) {
    throw new AppError('invalid_input', 'A credential must not be sent to this endpoint.');
  }
  if (names.includes(handleParameter)) {
    throw new AppError('invalid_input', `The parameter ${handleParameter} cannot be posted.`);
  }
  return new URLSearchParams([...query, ...body]);
}
