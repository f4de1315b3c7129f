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
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
};
const documentPolicy = "default-src 'none'; frame-ancestors 'none'";
/**
 * An SVG image that is opened as a document could run script. This policy also places it in an origin of its
 * own, so that it has no access to the cookies and pages of this server. Many images contain styles, which
 * can load nothing.
 */
const svgPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

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
function computeHeaders(
  isHttps: boolean,
  styleDigests: readonly string[],
): readonly (readonly [string, string])[] {
  const res = new ServerResponse(new IncomingMessage(new Socket()));
  const setHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        ...pagePolicy,
        styleSrc: [...pagePolicy.styleSrc, ...styleDigests.map((each) => `'${each}'`)],
      },
    },
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

/** The headers of JSON responses from endpoints that only clients call. */
export function headersForPrograms(issuer: string): readonly (readonly [string, string])[] {
  const isHttps = new URL(issuer).protocol === 'https:';
  const others = computeHeaders(isHttps, []).filter(
    ([name]) => name.toLowerCase() !== policyHeader.toLowerCase(),
  );
  return [...others, [policyHeader, documentPolicy], ['Cache-Control', 'no-store']];
}

/** The headers of every page, and of a redirect, whose body is HTML. */
export function headersForPages(
  issuer: string,
  styleDigests: readonly string[],
): readonly (readonly [string, string])[] {
  const isHttps = new URL(issuer).protocol === 'https:';
  return [
    ...computeHeaders(isHttps, styleDigests),
    ['Permissions-Policy', deniedFeatures],
    ['Cache-Control', 'no-store'],
  ];
}

const policyHeader = 'Content-Security-Policy';

export function createSecurityHeaders({
  issuer,
  addresses,
  styleDigests = [],
}: {
  issuer: string;
  addresses: UrlAreas;
  styleDigests?: readonly string[] | undefined;
}) {
  const headers = computeHeaders(new URL(issuer).protocol === 'https:', styleDigests);

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
    const isSvg = ctx.response.type === 'image/svg+xml';
    if (!isPage) ctx.set(policyHeader, isSvg ? svgPolicy : documentPolicy);
  };
}
