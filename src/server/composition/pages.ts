// Creates all pages with their dependencies, together with the oidc-provider instance, and adds
// them to one router.
import { Router } from '@koa/router';
import Koa from 'koa';
import type Provider from 'oidc-provider';
import { createCsrfProtection } from '#http/csrf.ts';
import { createStepCookie } from '#features/mfa/pending-mfa-cookie.pages.ts';
import { createProofCookie } from '#features/email-tokens/email-cookie.pages.ts';
import { createKnownDevice } from '#features/passwords/known-device.pages.ts';
import { addAccountPages } from '#features/account-overview/account-overview.pages.ts';
import { addPagesOfAccount } from './account-pages.ts';
import { createReauthenticationComponent } from '#features/reauthentication/component.pages.ts';
import { addConsentPages } from '#features/interaction/consent.pages.ts';
import { addDevMailPages } from '#features/dev-mailbox/dev-mailbox.pages.ts';
import { createEnginePages } from '#features/interaction/provider-pages.pages.ts';
import {
  createInteractionPages,
  type InteractionPages,
} from '#features/interaction/interaction.pages.ts';
import { createMailPages } from '#features/email-tokens/email-token.pages.ts';
import { addEmailTokenPages } from './email-pages.ts';
import { addUnrecognizedSignInPages } from '#features/unrecognized-devices/unrecognized-device.pages.ts';
import { createSitePages } from '#http/site-pages.ts';
import { playgroundClient } from '#features/playground/playground-client.ts';
import { createPlayground } from '#features/playground/playground.pages.ts';
import { addPasskeySignInPages } from '#features/passkeys/passkey-sign-in.pages.ts';
import { createPasskeyUrls } from '#features/passkeys/passkey-urls.pages.ts';
import { addRegisterPages } from '#features/registration/registration.pages.ts';
import { addSetupPages } from '#features/setup/setup.pages.ts';
import { addSecondFactorPages } from '#features/mfa/second-step.pages.ts';
import { addSignInPages } from '#features/sign-in/sign-in.pages.ts';
import { addProviderPages } from '#features/federation/pages/federation.pages.ts';
import {
  createLinkCookie,
  createProviderButtons,
} from '#features/federation/pages/provider-buttons.pages.ts';
import { addSignOutPages } from '#features/interaction/sign-out.pages.ts';
import type { Render } from '#http/rendering/render.ts';
import { addThemes } from '#http/rendering/theme-route.ts';
import { createSignInAttempts } from '#features/passwords/sign-in-attempts.pages.ts';
import { createBrowserSession } from '#oidc/sign-in/browser-session.ts';
import { basePathOf } from '#oidc/configuration.ts';
import { createClientRegistration } from '#oidc/clients/client-registration.ts';
import { createInteractions } from '#oidc/sign-in/interactions.ts';
import { createEngine } from './oidc-provider.ts';
import type { Installation } from './services.ts';

export interface PageParts {
  readonly installation: Installation;
  readonly render: Render;
}

export async function createPages({ installation, render }: PageParts) {
  const { config, now, services, stores, shortLived } = installation;
  const { clients, consent, subjectStatus, registration, setup, signIn } = services;
  const basePath = basePathOf(config);
  const csrf = createCsrfProtection({ cookieKeys: config.cookieKeys, issuer: config.issuer, now });

  // The provider renders some of the pages, and the pages need the provider, so this reference is
  // resolved late.
  const late: { interaction?: InteractionPages } = {};
  const requireInteraction = () => {
    if (!late.interaction) throw new TypeError('the interaction pages have not been created yet');
    return late.interaction;
  };
  const enginePages = createEnginePages({
    basePath,
    render,
    clients,
    interaction: requireInteraction,
  });
  const { provider, jwts, signInVersion } = await createEngine(installation, enginePages);
  const interactions = createInteractions({
    provider,
    clients,
    consent,
    now,
    subjectStatus,
    isUserScope: services.supplements.isUserScope,
    store: shortLived,
  });
  const browserSession = createBrowserSession({
    provider,
    subjectStatus,
    signInVersion,
    config,
    now,
  });
  const linkCookie = createLinkCookie(config);
  const interaction = createInteractionPages({
    basePath,
    linkCookie,
    interactions,
    browserSession,
    clients,
    csrf,
    render,
    supplements: services.supplements,
  });
  late.interaction = interaction;
  const site = createSitePages({ basePath, browserSession, csrf, render, linkCookie });

  const knownDevice = createKnownDevice(config);
  const attempts = createSignInAttempts({
    signIn,
    throttle: services.signInThrottle,
    knownDevice,
  });
  const cookie = createProofCookie(config);
  const mail = createMailPages({ site, interaction, cookie, knownDevice });
  const { minimumPasswordLength, developmentPages } = config;
  const registrationOpen = config.registration === 'open';
  const terms = { href: config.terms?.url, version: config.terms?.version };
  const router = new Router({ sensitive: true, strict: true });
  router.use(interaction.explainEnd);
  const passkeyUrls = createPasskeyUrls(site, services.passkeys);
  const steps = { ...services, interaction, site, cookie: createStepCookie(config), passkeyUrls };
  const secondStep = addSecondFactorPages(router, steps);
  addPasskeySignInPages(router, { ...steps, knownDevice });
  const mailSignsIn = config.emailSignIn === 'on';
  const providerButtons = createProviderButtons({ ...services, site, issuerUrl: config.issuerUrl });
  const component = createReauthenticationComponent({
    ...services,
    site,
    attempts,
    providerButtons,
    now,
  });
  const signInParts = {
    site,
    attempts,
    secondStep,
    passkeyUrls,
    providerButtons,
    registrationOpen,
    mailSignsIn,
  };
  addProviderPages(router, {
    ...signInParts,
    ...services,
    interaction,
    interactions,
    mail,
    linkCookie,
    component,
    knownDevice,
    csrf,
    terms,
    sessionMaxSeconds: config.sessionMaxSeconds,
    now,
  });
  addSignInPages(router, { ...signInParts, interaction });
  addConsentPages(router, { interaction, site });
  addRegisterPages(router, {
    ...services.emailTokens,
    interaction,
    site,
    mail,
    registration,
    verifyFirst: config.emailVerification === 'required',
    registrationOpen,
    minimumPasswordLength,
    terms,
    providerButtons,
  });
  const { users } = installation.stores;
  const invitationsCount = config.registration !== 'closed';
  const mailParts = { ...signInParts, mail, users, minimumPasswordLength, terms, invitationsCount };
  const { emailTokens, reauthentication } = services;
  addEmailTokenPages(router, { ...emailTokens, ...mailParts, component, reauthentication });
  const { appAccess } = stores;
  addPagesOfAccount(router, {
    ...services,
    site,
    providerButtons,
    component,
    appAccess,
    productName: config.productName,
    minimumPasswordLength,
    now,
  });
  const { supplements } = services;
  addAccountPages(router, { ...signInParts, supplements, developmentPages, now });
  addSetupPages(router, { site, setup, minimumPasswordLength });
  addSignOutPages(router, { site, clients });
  addThemes(router);
  addUnrecognizedSignInPages(router, { site, unrecognizedSignIn: services.unrecognizedSignIn });
  const { mailbox } = services;
  if (developmentPages && mailbox) addDevMailPages(router, { site, mailbox });
  if (developmentPages) addPlayground(router, { installation, render, provider });
  return { provider, jwts, csrf, router: asApp(router) };
}

/** koa-mount expects an app; a router is a single middleware. */
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
  const registration = createClientRegistration({
    provider,
    clients,
    config,
    store: stores.clients,
    now,
  });
  const playground = createPlayground({
    render,
    config,
    ensureClient: () => registration.ensure(playgroundClient(config.issuer)),
  });
  router.use(playground.routes());
}
