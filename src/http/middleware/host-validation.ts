// Answers only for the issuer's authority and makes the issuer the only source of our own address:
// whatever is built from `ctx.href`, `ctx.host` or `ctx.protocol` is the same for every request.
import type { Context, Next } from '#http/context.ts';
import { AppError } from '#platform/errors.ts';

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };
const absoluteForm = /^https?:\/\/([^/?#]*)(.*)$/i;

function authoritiesOf(issuer: URL): ReadonlySet<string> {
  if (issuer.port !== '') return new Set([issuer.host]);
  return new Set([issuer.host, `${issuer.host}:${defaultPorts[issuer.protocol]}`]);
}

/**
 * Koa would read all of this from the request. `origin` is ours too: Koa 3 keeps the header of that
 * name there, which only `ctx.get('Origin')` may be asked for.
 */
function describeIssuer(issuer: URL): PropertyDescriptorMap {
  return {
    protocol: { value: issuer.protocol.slice(0, -1) },
    host: { value: issuer.host },
    origin: { value: issuer.origin },
    ips: { value: Object.freeze([]) },
  };
}

export function createHostPin({ issuer }: { issuer: string }) {
  const issuerUrl = new URL(issuer);
  const authorities = authoritiesOf(issuerUrl);
  const fixed = describeIssuer(issuerUrl);
  const described = new WeakSet<object>();
  const isOurs = (authority: string) => authorities.has(authority.toLowerCase());

  /** All requests of an app share one prototype; describing each of them would cost more. */
  function describeOnce(requests: object): void {
    if (described.has(requests)) return;
    Object.defineProperties(requests, fixed);
    described.add(requests);
  }

  /** `GET http://host/path` is legal; what lies behind sees `GET /path`. */
  function dropAuthority(ctx: Context): boolean {
    const match = absoluteForm.exec(ctx.req.url ?? '');
    if (!match) return true;
    const [, authority = '', rest = ''] = match;
    ctx.req.url = rest.startsWith('/') ? rest : `/${rest}`;
    ctx.originalUrl = ctx.req.url;
    ctx.request.originalUrl = ctx.req.url;
    return isOurs(authority);
  }

  return function pinHost(ctx: Context, next: Next): unknown {
    describeOnce(ctx.app.request);
    const targetIsOurs = dropAuthority(ctx);
    if (targetIsOurs && isOurs(ctx.req.headers.host ?? '')) return next();
    throw new AppError('misdirected', 'This server does not answer for that host name.');
  };
}
