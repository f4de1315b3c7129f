// Security headers. Every response starts with them; a page that needs more permissions (the API
// documentation) sets its own policy.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';
import type { UrlAreas } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';

const yearSeconds = 365 * 24 * 60 * 60;

/**
 * No `form-action`: Chromium applies it to the redirect that follows a form submission and would
 * block the redirect to the client. oidc-provider adds the hash of its own script to `script-src`.
 */
const pagePolicy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'https:', 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
};
const documentPolicy = "default-src 'none'; frame-ancestors 'none'";

/** The passkey features are not listed, so passkeys keep working. */
const deniedFeatures = [
  'accelerometer',
  'autoplay',
  'browsing-topics',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'serial',
  'usb',
]
  .map((feature) => `${feature}=()`)
  .join(', ');

/** Pages that never take part in a popup sign-in, which this header would break. */
const isolated = /^\/auth\/(?:account|admin)(?:\/|$)/;

/** Computes helmet's headers once: they are the same for every request. */
function computeHeaders(isHttps: boolean): readonly (readonly [string, string])[] {
  const res = new ServerResponse(new IncomingMessage(new Socket()));
  const setHeaders = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: pagePolicy },
    crossOriginOpenerPolicy: false,
    // With no-referrer, browsers would send `Origin: null` with our own forms.
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: isHttps && { maxAge: yearSeconds, includeSubDomains: true },
    xFrameOptions: { action: 'deny' },
    // These headers only affect obsolete browsers and plug-ins.
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  setHeaders(res.req, res, (error) => {
    if (error instanceof Error) throw error;
  });
  return res.getHeaderNames().map((name) => [name, String(res.getHeader(name))] as const);
}

export function createSecurityHeaders({
  issuer,
  addresses,
}: {
  issuer: string;
  addresses: UrlAreas;
}) {
  const headers = computeHeaders(new URL(issuer).protocol === 'https:');

  return async function setSecurityHeaders(ctx: Context, next: Next): Promise<void> {
    const path = ctx.path ?? '/';
    for (const [name, value] of headers) ctx.res.setHeader(name, value);
    if (isolated.test(addresses.shorten(path)))
      ctx.set('Cross-Origin-Opener-Policy', 'same-origin');
    if (!addresses.isPublicDocument(path)) ctx.set('Cache-Control', 'no-store');

    await next();
    if (ctx.headerSent) return;
    const isPage = ctx.response.type === 'text/html';
    if (isPage) ctx.set('Permissions-Policy', deniedFeatures);
    if (!isPage) ctx.set('Content-Security-Policy', documentPolicy);
  };
}
