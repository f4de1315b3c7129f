// Shared by all pages: the oidc-provider instance, sessions, forms, cookies, and the parts of a sign-in that
// several pages use.
import type { Router } from '@koa/router';
import { compose } from '#core/modules/compose.ts';
import { createSessionGuard } from '#features/account/account-session.pages.ts';
import { createDocsAccess } from '#features/api-documentation/docs-access.pages.ts';
import { createDeviceOutcomes } from '#features/device-authorization/device-outcome.pages.ts';
import { createEmailTokenCookie } from '#features/email-tokens/email-cookie.pages.ts';
import { createEmailTokenPages } from '#features/email-tokens/email-token.pages.ts';
import {
  createLinkCookie,
  createProviderButtons,
} from '#features/federation/pages/provider-buttons.pages.ts';
import { createImpersonationCookie } from '#features/impersonation/impersonation-cookie.pages.ts';
import { explainEnd } from '#features/interaction/expired.pages.ts';
import { createInteractionPages } from '#features/interaction/interaction.pages.ts';
import { createProviderPages } from '#features/interaction/provider-pages.pages.ts';
import { createStepCookie } from '#features/mfa/pending-mfa-cookie.pages.ts';
import { addSecondFactorPages } from '#features/mfa/second-step.pages.ts';
import { createPasskeyUrls } from '#features/passkeys/passkey-urls.pages.ts';
import { createKnownDevice } from '#features/passwords/known-device.pages.ts';
import { createSignInAttempts } from '#features/passwords/sign-in-attempts.pages.ts';
import { createReauthenticationComponent } from '#features/reauthentication/component.pages.ts';
import { createAccountNavigation } from '#features/account-overview/account-navigation.pages.ts';
import { createTrustedBrowser } from '#features/mfa/trusted-browser.pages.ts';
import { createCsrfProtection } from '#http/csrf.ts';
import { createLastMethod } from '#http/last-method-cookie.ts';
import { createLanguageCookie } from '#http/i18n/language-cookie.ts';
import { createPageLocale } from '#http/i18n/page-locale.ts';
import { createNoticeCookie } from '#http/notice-cookie.ts';
import type { Render } from '#http/rendering/render.ts';
import { createSitePages } from '#http/site-pages.ts';
import { basePathOf } from '#oidc/configuration.ts';
import { createClientChanges } from '#oidc/clients/client-changes.ts';
import { createClientRegistration } from '#oidc/clients/client-registration.ts';
import { createBackchannelDecisions } from '#oidc/asynchronous/backchannel-decisions.ts';
import { createDeviceCodes } from '#oidc/asynchronous/device-codes.ts';
import { createManagementTokens } from '#oidc/tokens/management-tokens.ts';
import { createBrowserSession } from '#oidc/sign-in/browser-session.ts';
import { createInteractions } from '#oidc/sign-in/interactions.ts';
import type { Services } from '#server/composition.ts';
import { createAccounts, createOidcProvider } from '#server/oidc-provider.ts';

export interface PageKitOptions {
  readonly services: Services;
  readonly render: Render;
  /** The pages of the second step are added to it. */
  readonly router: Router;
}

export type PageKit = Awaited<ReturnType<typeof createPageKit>>;

export async function createPageKit({ services, render, router }: PageKitOptions) {
  const base = compose(services)
    .add(() => ({ render, ...pageSettings(services) }))
    .add(() => ({ browserAccounts: createAccounts(services) }));
  const engine = await createOidcProvider(services, {
    ...createProviderPages(base.services),
    ...createDeviceOutcomes(base.services),
  });
  router.use(explainEnd(base.services));

  return base
    .add(() => engine)
    .add((kit) => ({ csrf: createCsrfProtection({ ...kit.config, now: kit.now }) }))
    .add((kit) => ({
      interactions: createInteractions({ ...kit, isUserScope: kit.supplements.isUserScope }),
    }))
    .add((kit) => ({ browserSession: createBrowserSession(kit) }))
    .add((kit) => ({
      deviceCodes: createDeviceCodes(kit),
      backchannelDecisions: createBackchannelDecisions({
        ...kit,
        isUserScope: kit.supplements.isUserScope,
      }),
    }))
    .add(({ config, providers, keyring }) => ({
      linkCookie: createLinkCookie(config),
      stepCookie: createStepCookie(config),
      emailTokenCookie: createEmailTokenCookie(config),
      knownDevice: createKnownDevice(config),
      impersonationCookie: createImpersonationCookie({ issuerUrl: config.issuerUrl, keyring }),
      noticeCookie: createNoticeCookie(config),
      languageCookie: createLanguageCookie(config),
      lastMethod: createLastMethod({
        issuerUrl: config.issuerUrl,
        providerIds: () => providers.list.map(({ id }) => id),
      }),
    }))
    .add((kit) => ({ trustedBrowser: createTrustedBrowser(kit) }))
    .add(({ languageCookie }) => ({ pageLocale: createPageLocale(languageCookie) }))
    .add((kit) => ({ accountNavigation: createAccountNavigation(kit) }))
    .add((kit) => ({ interaction: createInteractionPages(kit), site: createSitePages(kit) }))
    .add((kit) => ({ guard: createSessionGuard(kit.site), mail: createEmailTokenPages(kit) }))
    .add((kit) => ({ requireDocsAccess: createDocsAccess(kit) }))
    .add(({ signInThrottle: throttle, signIn, knownDevice }) => ({
      attempts: createSignInAttempts({ signIn, throttle, knownDevice }),
    }))
    .add(({ site, passkeys }) => ({ passkeyUrls: createPasskeyUrls(site, passkeys) }))
    .add((kit) => ({ providerButtons: createProviderButtons(kit) }))
    .add((kit) => ({ component: createReauthenticationComponent(kit) }))
    .add((kit) => ({ secondStep: addSecondFactorPages(router, kit) }))
    .add((kit) => ({ managementTokens: createManagementTokens(kit) }))
    .add((kit) => ({
      clientRegistration: createClientRegistration({ ...kit, store: kit.clientStore }),
    }))
    .add((kit) => ({
      clientChanges: createClientChanges({
        ...kit,
        store: kit.clientStore,
        registration: kit.clientRegistration,
      }),
    })).services;
}

/** Settings that pages depend on. */
function pageSettings({ config, mailbox }: Pick<Services, 'config' | 'mailbox'>) {
  const canSendMail = config.smtpUrl !== undefined || mailbox !== undefined;
  const verifyFirst = config.emailVerification === 'required';
  return {
    basePath: basePathOf(config),
    issuer: config.issuer,
    issuerUrl: config.issuerUrl,
    productName: config.productName,
    minimumPasswordLength: config.minimumPasswordLength,
    sessionMaxSeconds: config.sessionMaxSeconds,
    staysByDefault: config.staySignedIn === 'on',
    developmentPages: config.developmentPages,
    canSendMail,
    /** Without mail, a registration that starts with the verification cannot be completed. */
    registrationAwaitsMail: config.registration === 'open' && verifyFirst && !canSendMail,
    registrationOpen: config.registration === 'open' && (canSendMail || !verifyFirst),
    invitationsCount: config.registration !== 'closed',
    verifyFirst,
    mailSignsIn: config.emailSignIn === 'on' && canSendMail,
    terms: { href: config.terms?.url, version: config.terms?.version },
  };
}
