// Accepts only requests for the issuer's host, and makes the issuer the only source of our own URL:
// `ctx.href`, `ctx.host` and `ctx.protocol` are the same for every request.
import type { Context, Next } from '#http/context.ts';
import { AppError } from '#platform/errors.ts';

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };
const absoluteForm = /^https?:\/\/([^/?#]*)(.*)$/i;

function authoritiesOf(issuer: URL): ReadonlySet<string> {
  if (issuer.port !== '') return new Set([issuer.host]);
  return new Set([issuer.host, `${issuer.host}:${defaultPorts[issuer.protocol]}`]);
}

/** Whether a Host header names the issuer. */
export function createHostCheck(issuer: URL): (authority: string) => boolean {
  const authorities = authoritiesOf(issuer);
  return (authority) => authorities.has(authority.toLowerCase());
}

/**
 * Koa would read these from the request. `origin` is included because Koa 3 takes it from the
 * Origin header; read that header through `ctx.get('Origin')`.
 */
function describeIssuer(issuer: URL): PropertyDescriptorMap {
  return {
    protocol: { value: issuer.protocol.slice(0, -1) },
    host: { value: issuer.host },
    origin: { value: issuer.origin },
    ips: { value: Object.freeze([]) },
  };
}

/** Another origin, at which clients present certificates, and the only paths that it serves. */
export interface OtherOrigin {
  readonly origin: string;
  readonly paths: readonly string[];
}

export interface HostPinDependencies {
  readonly issuer: string;
  readonly other?: OtherOrigin | undefined;
}

const fixedPrototypes = new WeakSet<object>();

/**
 * Makes the issuer the origin of all requests of a Koa app. They share one prototype; defining the properties
 * once is cheaper than for each request.
 */
export function pinOrigin(requests: object, issuer: URL): void {
  if (fixedPrototypes.has(requests)) return;
  Object.defineProperties(requests, describeIssuer(issuer));
  fixedPrototypes.add(requests);
}

export function createHostPin({ issuer, other }: HostPinDependencies) {
  const issuerUrl = new URL(issuer);
  const isOurs = createHostCheck(issuerUrl);
  const message = `This server does not answer for that host name. Its address is ${issuer}`;
  const servesOther = createOtherHost(other);

  /** `GET http://host/path` is valid (RFC 9112 §3.2.2); later handlers see `GET /path`. */
  function dropAuthority(ctx: Context): string | undefined {
    const match = absoluteForm.exec(ctx.req.url ?? '');
    if (!match) return undefined;
    const [, authority = '', rest = ''] = match;
    ctx.req.url = rest.startsWith('/') ? rest : `/${rest}`;
    ctx.originalUrl = ctx.req.url;
    ctx.request.originalUrl = ctx.req.url;
    return authority;
  }

  return function pinHost(ctx: Context, next: Next): unknown {
    pinOrigin(ctx.app.request, issuerUrl);
    const { host = '' } = ctx.req.headers;
    const target = dropAuthority(ctx) ?? host;
    if (isOurs(target) && isOurs(host)) return next();
    if (target === host && servesOther(ctx)) return next();
    throw new AppError('misdirected', message);
  };
}

/** In a request to the other origin, own URLs begin with that origin, because DPoP proofs name them. */
function createOtherHost(other: OtherOrigin | undefined): (ctx: Context) => boolean {
  if (!other) return () => false;
  const url = new URL(other.origin);
  const authorities = authoritiesOf(url);
  const paths = new Set(other.paths);
  const described = describeIssuer(url);
  return (ctx) => {
    const isServed = paths.has(ctx.path) && authorities.has(ctx.req.headers.host ?? '');
    if (isServed) Object.defineProperties(ctx.request, described);
    return isServed;
  };
}
