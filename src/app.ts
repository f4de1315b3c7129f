// The application over HTTP: middleware in the order in which a request meets it.
import { Router } from '@koa/router';
import Koa from 'koa';
import mount from 'koa-mount';
import type Provider from 'oidc-provider';
import { createBasicCredentialCheck } from '#http/guards/basic-credentials.ts';
import type { Context, Next } from '#http/context.ts';
import { createEdge } from '#http/edge.ts';
import { createForms } from '#http/forms/forms.ts';
import { createDeviceCookie } from '#http/forms/device-cookie.ts';
import { createTranslator, defaultLocale, isMessageKey } from '#http/rendering/locales.ts';
import { createKnownDevice } from '#http/forms/known-device.ts';
import { choosePageLocale } from '#http/rendering/page-locale.ts';
import { addAccountPages } from '#http/pages/account.ts';
import { addConsentPages } from '#http/pages/consent.ts';
import { addDevMailPages } from '#http/pages/development/dev-mail.ts';
import { createEnginePages } from '#http/pages/engine-pages.ts';
import { createInteractionPages, type InteractionPages } from '#http/pages/interaction.ts';
import { addNotMePages } from '#http/pages/not-me.ts';
import { createOwnPages } from '#http/pages/own-pages.ts';
import { playgroundClient } from '#http/pages/development/playground-client.ts';
import { createPlayground } from '#http/pages/development/playground.ts';
import { addRegisterPages } from '#http/pages/register.ts';
import { addSetupPages } from '#http/pages/setup.ts';
import { addSignInPages } from '#http/pages/sign-in.ts';
import { addSignOutPages } from '#http/pages/sign-out.ts';
import { createPresentedJwt } from '#http/guards/presented-jwt.ts';
import { createRateLimit } from '#http/guards/rate-limit.ts';
import { createRenderer, type Render } from '#http/rendering/render.ts';
import { createSignInAttempts } from '#http/forms/sign-in-attempts.ts';
import { createSignOutGuard } from '#http/guards/sign-out-guard.ts';
import { loadStaticFiles } from '#http/rendering/static-files.ts';
import { createBrowserSession } from '#oidc/sign-in/browser-session.ts';
import { basePathOf } from '#oidc/engine-configuration.ts';
import { createClientRegistration } from '#oidc/clients/client-registration.ts';
import { createInteractions } from '#oidc/sign-in/interactions.ts';
import { createCookieSigner } from '#platform/secrets/cookie-signer.ts';
import { longestDevice } from '#platform/request/request-origin.ts';
import { runInRequestScope } from '#platform/request/request-scope.ts';
import { createEngine } from './engine.ts';
import type { Installation } from './installation.ts';
import { createOperatorDoors } from './operators.ts';

export interface AppOptions {
  readonly installation: Installation;
  readonly isStopping: () => boolean;
}

export async function createApp({ installation, isStopping }: AppOptions): Promise<Koa> {
  const { config, log, db, shortLived } = installation;
  const basePath = basePathOf(config);
  const assets = await loadStaticFiles({
    directory: new URL('../public/', import.meta.url).pathname,
    prefix: `${basePath}/auth/assets/`,
  });
  const render = createRenderer({
    viewsDirectory: new URL('../views/', import.meta.url).pathname,
    productName: config.productName,
    assetVersion: assets.version,
    issuerUrl: config.issuerUrl,
  });
  const cookieSigner = createCookieSigner(config.cookieKeys);
  const pages = await createPages({ installation, render });
  const edge = createEdge({
    issuer: config.issuer,
    trustedProxies: config.trustedProxies,
    log,
    renderError: createErrorPage(render, basePath),
    probes: [
      { name: 'postgres', check: () => db.ping() },
      { name: 'redis', check: () => shortLived.ping(), isEssential: false },
    ],
    isStopping,
  });

  const app = new Koa();
  app.keys = cookieSigner as unknown as string[]; // Koa takes a Keygrip-like object, untyped
  app.on('error', edge.reportLateError);
  pages.provider.on('server_error', edge.answerEngineFailure);
  app.use(choosePageLocale);
  for (const middleware of edge.middleware) app.use(middleware);
  app.use(function openRequestScope(_ctx: Context, next: Next) {
    return runInRequestScope(next);
  });
  app.use(function noteOrigin(ctx: Context, next: Next) {
    const device = ctx.get('user-agent').slice(0, longestDevice);
    installation.origin.set({ requestId: ctx.state.requestId, address: ctx.ip, device });
    return next();
  });
  const { issuerUrl } = config;
  app.use(createDeviceCookie({ issuerUrl, slot: installation.device }));
  app.use(
    createRateLimit({
      enabled: config.rateLimits === 'on',
      addresses: edge.addresses,
      now: installation.now,
    }),
  );
  app.use(createBasicCredentialCheck({ issuer: config.issuer }));
  app.use(createSignOutGuard({ addresses: edge.addresses, forms: pages.forms }));
  app.use(assets.serve);
  const mountPath = basePath === '' ? '/' : basePath;
  app.use(createPresentedJwt({ tokens: pages.jwts }));
  for (const door of createOperatorDoors(installation, pages, edge.addresses)) app.use(door);
  app.use(mount(mountPath, pages.router));
  app.use(mount(mountPath, pages.provider));
  return app;
}

interface PageParts {
  readonly installation: Installation;
  readonly render: Render;
}

async function createPages({ installation, render }: PageParts) {
  const { config, now, services, shortLived } = installation;
  const { clients, consent, standing, registration, setup, signIn } = services;
  const basePath = basePathOf(config);
  const forms = createForms({ cookieKeys: config.cookieKeys, issuer: config.issuer, now });

  // The engine shows pages of ours, and our pages need the engine: the pages are looked up late.
  const late: { interaction?: InteractionPages } = {};
  const requireInteraction = () => {
    if (!late.interaction) throw new TypeError('pages are not wired yet');
    return late.interaction;
  };
  const enginePages = createEnginePages({
    basePath,
    render,
    clients,
    interaction: requireInteraction,
  });
  const { provider, jwts } = await createEngine(installation, enginePages);
  const interactions = createInteractions({
    provider,
    clients,
    consent,
    now,
    standing,
    store: shortLived,
  });
  const browserSession = createBrowserSession({ provider, standing, config, now });
  const interaction = createInteractionPages({
    basePath,
    interactions,
    browserSession,
    clients,
    forms,
    render,
  });
  late.interaction = interaction;
  const own = createOwnPages({ basePath, browserSession, forms, render });

  const attempts = createSignInAttempts({
    signIn,
    throttle: services.signInThrottle,
    knownDevice: createKnownDevice(config),
  });
  const { minimumPasswordLength, developmentPages } = config;
  const registrationOpen = config.registration === 'open';
  const router = new Router({ sensitive: true, strict: true });
  router.use(interaction.explainEnd);
  addSignInPages(router, { interaction, attempts, registrationOpen });
  addConsentPages(router, { interaction, own });
  addRegisterPages(router, {
    interaction,
    own,
    registration,
    registrationOpen,
    minimumPasswordLength,
  });
  addAccountPages(router, { own, attempts, registrationOpen, developmentPages });
  addSetupPages(router, { own, setup, minimumPasswordLength });
  addSignOutPages(router, { own, clients });
  addNotMePages(router, { own, disowning: services.disowning });
  const { mailbox } = services;
  if (developmentPages && mailbox) addDevMailPages(router, { own, mailbox });
  if (developmentPages) addPlayground(router, { installation, render, provider });
  return { provider, jwts, forms, router: asApp(router) };
}

/** koa-mount takes an app; a router is one middleware. */
function asApp(router: Router): Koa {
  const app = new Koa();
  app.use(router.routes());
  return app;
}

interface AddedPlayground {
  readonly installation: Installation;
  readonly render: Render;
  readonly provider: Provider;
}

function addPlayground(router: Router, { installation, render, provider }: AddedPlayground): void {
  const { config, services, stores, now } = installation;
  const { clients } = services;
  const registration = createClientRegistration({ provider, clients, store: stores.clients, now });
  const playground = createPlayground({
    render,
    config,
    ensureClient: () => registration.ensure(playgroundClient(config.issuer)),
  });
  router.use(playground.routes());
}

function createErrorPage(render: Render, basePath: string) {
  return (
    ctx: Context,
    { status, code, message }: { status: number; code: string; message: string },
  ): void => {
    const t = createTranslator(ctx.state.locale ?? defaultLocale);
    const key = `error.message.${code}`;
    const sentence = isMessageKey(key) ? t(key) : message;
    const { requestId } = ctx.state;
    const wayOn = { href: `${basePath}/`, label: t('error.home') };
    render(ctx, 'error', { code, message: sentence, requestId, wayOn }, { status });
  };
}
