// The HTTP application: middleware in the order in which requests pass through it.
import Koa from 'koa';
import mount from 'koa-mount';
import { createClientCertificates } from '#http/middleware/certificates/client-certificate.ts';
import { createBasicCredentialCheck } from '#http/middleware/oauth/basic-credentials.ts';
import type { Context, Handler, Next } from '#http/context.ts';
import { createRequestMiddleware } from '#http/middleware/middleware.ts';
import type { Answered } from '#http/middleware/request-log.ts';
import type { ErrorPage } from '#http/middleware/error-handler.ts';
import { jwksCacheSeconds } from '#core/keys/signing-keys.ts';
import { createFavicon } from '#features/branding/brand.pages.ts';
import { createDeviceCookie } from '#features/unrecognized-devices/device-cookie.pages.ts';
import { createTranslator, defaultLocale, isMessageKey } from '#http/i18n/locales.ts';
import { createChangePasswordUrl } from '#features/password-change/change-password-url.pages.ts';
import { createRelatedOrigins } from '#features/passkeys/related-origins.pages.ts';
import { createPostedRequestGuard } from '#http/middleware/oauth/posted-requests.ts';
import { createPresentedJwt } from '#http/middleware/oauth/jwt-introspection.ts';
import {
  createRateLimit,
  createRateLimiter,
  type CountTogether,
} from '#http/middleware/rate-limit.ts';
import { createRenderer, type Render } from '#http/rendering/render.ts';
import { createSignOutGuard } from '#http/middleware/oauth/sign-out-form.ts';
import { logoFiles } from '#features/federation/pages/provider-images.pages.ts';
import { passkeyLibrary } from '#features/passkeys/browser-library.pages.ts';
import { loadStaticFiles } from '#http/rendering/assets/static-files.ts';
import { preloadedFont, textFontFiles } from '#http/rendering/fonts/text-font.ts';
import { basePathOf } from '#oidc/configuration.ts';
import { certificateOrigin } from '#oidc/security/client-certificates.ts';
import { onServerError } from '#oidc/patches/error-responses.ts';
import { createCookieSigner } from '#platform/crypto/cookie-signer.ts';
import { createPostedRequests } from '#oidc/sign-in/posted-requests.ts';
import { maxDeviceLength } from '#platform/request/request-origin.ts';
import { runInRequestScope } from '#platform/request/request-scope.ts';
import type { Services } from './composition.ts';
import { createDirectEndpoints } from './direct-endpoints.ts';
import { putFastPathInFront } from './fast-path/fast-requests.ts';
import { createHttpMetrics } from './metrics/http-metrics.ts';
import { createManagementApi } from './routes/management-api.ts';
import { putDocumentsInFront } from './prepared-documents.ts';
import { createPages } from './routes/pages.ts';
import { errorView, homeLink } from '#http/rendering/error-view.ts';

export interface AppOptions {
  readonly services: Services;
  readonly isStopping: () => boolean;
  /** True if each process sees only few requests, as with serverless functions. */
  readonly countsTogether?: boolean;
}

export async function createApp(options: AppOptions): Promise<Koa> {
  const { services, isStopping, countsTogether = false } = options;
  const { config, log, db, shortLived } = services;
  const basePath = basePathOf(config);
  const assets = await loadStaticFiles({
    directory: new URL('../../public/', import.meta.url).pathname,
    prefix: `${basePath}/auth/assets/`,
    others: {
      'simplewebauthn.js': passkeyLibrary,
      ...textFontFiles,
      ...logoFiles(config.signInProviders),
    },
  });
  const render = createRenderer({
    viewsDirectory: new URL('../../views/', import.meta.url).pathname,
    productName: config.productName,
    assetVersion: assets.version,
    issuerUrl: config.issuerUrl,
    textFontHref: assets.linkOf(preloadedFont),
    brand: () => services.activeBrand.current,
  });
  const cookieSigner = createCookieSigner(config.cookieKeys);
  const pages = await createPages(services, render);
  const styleDigests = digestsOf(services.configuredBrand);
  const edge = createRequestMiddleware({
    issuer: config.issuer,
    trustedProxies: config.trustedProxies,
    log,
    renderError: createErrorPage(render, basePath),
    probes: [
      { name: 'postgres', check: () => db.ping() },
      { name: 'clock', check: () => services.clockCheck.check() },
      { name: 'redis', check: () => shortLived.ping(), isEssential: false },
    ],
    isStopping,
    tracing: services.tracing?.requests,
    certificateOrigin: certificateOrigin(config, basePath),
    answered: observeAnswers(services),
    publishedKeys: {
      version: () => services.signingKeySet.version(),
      maxAgeSeconds: jwksCacheSeconds(config.signingKeyLeadSeconds),
    },
    publishedTypes: { version: services.clients.versionOfDetailTypes },
    // A stored brand keeps the style sheet of the setting.
    styleDigests,
  });

  const app = new Koa();
  app.keys = cookieSigner as unknown as string[]; // Koa takes a Keygrip-like object, untyped
  app.on('error', edge.reportLateError);
  onServerError(pages.provider, edge.answerProviderFailure);
  app.use(openRequestScope);
  app.use(pages.pageLocale.choosePageLocale);
  for (const middleware of [
    ...edge.middleware,
    ...createClientCertificates(config, services.now),
  ]) {
    app.use(middleware);
  }
  app.use(function recordRequestOrigin(ctx: Context, next: Next) {
    const device = ctx.get('user-agent').slice(0, maxDeviceLength);
    services.requestOrigin.set({ requestId: ctx.state.requestId, address: ctx.ip, device });
    return next();
  });
  const { skipDirect, skipPrograms } = createDirectEndpoints(basePath);
  if (pages.followSession) app.use(skipPrograms(pages.followSession));
  const { issuerUrl } = config;
  const identifyDevice = createDeviceCookie({ issuerUrl, slot: services.requestDevice });
  app.use(skipPrograms(identifyDevice));
  const rateLimiter = createRateLimiter({
    enabled: config.rateLimits === 'on',
    now: services.now,
    countTogether: countsTogether ? countIn(shortLived) : undefined,
  });
  app.use(createRateLimit({ addresses: edge.addresses, rateLimiter }));
  app.use(createBasicCredentialCheck({ issuer: config.issuer }));
  const signOutGuard = createSignOutGuard({ addresses: edge.addresses, csrf: pages.csrf });
  const postedRequestGuard = createPostedRequestGuard({
    addresses: edge.addresses,
    issuerUrl: config.issuerUrl,
    requests: createPostedRequests({ store: shortLived, now: services.now }),
  });
  for (const middleware of [signOutGuard, postedRequestGuard]) app.use(skipPrograms(middleware));
  app.use(createPresentedJwt({ tokens: pages.jwts }));
  const ofPages: readonly Handler[] = [
    createFavicon(services),
    assets.serve,
    createChangePasswordUrl({ basePath }),
    createRelatedOrigins({ origins: config.passkeyOrigins }),
    ...createManagementApi(services, pages, edge.addresses),
  ];
  for (const middleware of ofPages) app.use(skipDirect(middleware));
  app.use(skipPrograms(pages.guardImpersonation));
  app.use(skipDirect(mount(basePath || '/', pages.router)));
  app.use(mount(basePath || '/', pages.provider));
  const ofBrowsers = { identifyDevice, followSession: pages.followSession, styleDigests };
  putFastPathInFront({ services, oidc: pages, edge, rateLimiter, app, ofBrowsers });
  putDocumentsInFront({ services, edge, app });
  return app;
}

function openRequestScope(_ctx: Context, next: Next): unknown {
  return runInRequestScope(next);
}

/** Called after each response, for metrics and the span of the request. */
function observeAnswers({ metrics, tracing }: Services): (answered: Answered) => void {
  const measure = createHttpMetrics(metrics);
  if (!tracing) return measure;
  return (answered) => {
    measure(answered);
    tracing.requests.answered(answered);
  };
}

/** Counts requests across all processes. */
function countIn({ count }: Services['shortLived']): CountTogether {
  return (key, windowSeconds) => count('Throttle', `requests ${key}`, windowSeconds);
}

function digestsOf(brand: Services['configuredBrand']): readonly string[] {
  return brand?.customStylesheet ? [brand.customStylesheet.digest] : [];
}

function createErrorPage(render: Render, basePath: string) {
  return (ctx: Context, { status, code, message, detail }: ErrorPage): void => {
    const t = createTranslator(ctx.state.locale ?? defaultLocale);
    const key = `error.message.${code}`;
    const sentence = isMessageKey(key) ? t(key) : message;
    const { requestId } = ctx.state;
    const nextLink = homeLink(basePath, ctx.state.locale);
    render(ctx, errorView, { code, message: sentence, requestId, detail, nextLink }, { status });
  };
}
