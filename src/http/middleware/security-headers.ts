// The headers that tell browsers how little our answers may do. Every answer starts with them; a
// page that needs more (the API documentation) sets its own policy.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';
import type { Addresses } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';

const yearSeconds = 365 * 24 * 60 * 60;

/**
 * No `form-action`: Chromium applies it to the redirect that follows a form post and would block the
 * way back to the client. oidc-provider adds the hash of its own script to `script-src`.
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

/** Passkeys stay possible: their features are not listed. */
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

/** Pages that never take part in sign-in by popup, which this header would cut off. */
const isolated = /^\/auth\/(?:account|admin)(?:\/|$)/;

/** What helmet would set, computed once: it is the same for every request. */
function computeHeaders(isHttps: boolean): readonly (readonly [string, string])[] {
  const res = new ServerResponse(new IncomingMessage(new Socket()));
  const setHeaders = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: pagePolicy },
    crossOriginOpenerPolicy: false,
    // no-referrer would make browsers send `Origin: null` with our own forms.
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: isHttps && { maxAge: yearSeconds, includeSubDomains: true },
    xFrameOptions: { action: 'deny' },
    // What follows only spoke to browsers and plug-ins of the past.
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
  addresses: Addresses;
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
