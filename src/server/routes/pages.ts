// Adds the pages of all features to one router.
import { Router } from '@koa/router';
import Koa from 'koa';
import { version } from '#cli/version.ts';
import { addAccountChooserPages } from '#features/account-chooser/account-chooser.pages.ts';
import { addAccountPages } from '#features/account-overview/account-overview.pages.ts';
import { addActivityPages } from '#features/account/activity.pages.ts';
import { addSessionPages } from '#features/account/sessions.pages.ts';
import { addDeletionPages } from '#features/account-deletion/account-deletion.pages.ts';
import { addAdminPages } from '#features/admin/admin.pages.ts';
import { addBrandPreview } from '#features/branding/preview/brand-preview.pages.ts';
import { addBrandFiles } from '#features/branding/brand.pages.ts';
import { addAppPages } from '#features/connected-apps/connected-apps.pages.ts';
import { addApiDocumentation } from '#features/api-documentation/api-documentation.pages.ts';
import { addDetailPages } from '#features/custom-attributes/custom-attributes.pages.ts';
import { addExportPages } from '#features/data-export/data-export.pages.ts';
import { addDevMailPages } from '#features/dev-mailbox/dev-mailbox.pages.ts';
import { addRequestPages } from '#features/backchannel-authentication/requests.pages.ts';
import { addDevicePages } from '#features/device-authorization/device.pages.ts';
import { addDocumentationSite } from '#features/documentation-site/documentation-site.pages.ts';
import { addMailSignInPages } from '#features/email-sign-in/email-sign-in.pages.ts';
import { addEmailPages } from '#features/email-verification/email-change.pages.ts';
import { addVerifyPages } from '#features/email-verification/verify-code.pages.ts';
import { addVerifyLinkPages } from '#features/email-verification/verify-link.pages.ts';
import { addFedcmPages } from '#features/fedcm/fedcm.pages.ts';
import { createFedcmSessions, type FedcmSessions } from '#features/fedcm/fedcm-session.pages.ts';
import { addProviderPages } from '#features/federation/pages/federation.pages.ts';
import { addLinkedPages } from '#features/federation/pages/linked-accounts.pages.ts';
import { createImpersonationGuard } from '#features/impersonation/impersonation-guard.pages.ts';
import { addImpersonationPages } from '#features/impersonation/impersonation.pages.ts';
import { addConsentPages } from '#features/interaction/consent.pages.ts';
import { addSignOutPages } from '#features/interaction/sign-out.pages.ts';
import { addInvitationPages } from '#features/invitations/invitation.pages.ts';
import { addNativeSignInPages } from './native-sign-in.ts';
import { addLogoPages } from '#features/logos/logos.pages.ts';
import { addCodePages } from '#features/mfa/authenticator-app.pages.ts';
import { addPasskeySignInPages } from '#features/passkeys/passkey-sign-in.pages.ts';
import { addPasskeyPages } from '#features/passkeys/passkeys.pages.ts';
import { addPasswordPages } from '#features/password-change/password-change.pages.ts';
import { playgroundClient } from '#features/playground/playground-client.ts';
import { createPlayground } from '#features/playground/playground.pages.ts';
import { addProfilePages } from '#features/profile/profile.pages.ts';
import { addReauthenticationPages } from '#features/reauthentication/reauthentication.pages.ts';
import { addRecoverPages } from '#features/recovery/password-reset.pages.ts';
import { addRegisterPages } from '#features/registration/registration.pages.ts';
import { addSetupPages } from '#features/setup/setup.pages.ts';
import { addSignInPages } from '#features/sign-in/sign-in.pages.ts';
import { addUnrecognizedSignInPages } from '#features/unrecognized-devices/unrecognized-device.pages.ts';
import { addStatusLists } from '#core/token-status/status-lists.pages.ts';
import { createOpenApiDocument } from '#http/api/openapi/document.ts';
import type { Render } from '#http/rendering/render.ts';
import { addLanguageRoute } from '#http/language-route.ts';
import { addThemes } from '#http/rendering/theme-route.ts';
import { basePathOf } from '#oidc/configuration.ts';
import { createCookieSigner } from '#platform/crypto/cookie-signer.ts';
import type { Services } from '#server/composition.ts';
import { mails } from '#server/modules.ts';
import { describeApiRoutes } from './api-routes.ts';
import { createPageKit, type PageKit } from './page-kit.ts';

export async function createPages(services: Services, render: Render) {
  const router = new Router({ sensitive: true, strict: true });
  const kit = await createPageKit({ services, render, router });
  addSignInRoutes(router, kit);
  addEmailRoutes(router, kit);
  addAccountRoutes(router, kit);
  addAdminPages(router, kit);
  addImpersonationPages(router, kit);
  addThemes(router);
  addLogoPages(router, kit);
  addStatusLists(router, kit);
  const fedcm = addFedcm(router, kit);
  addNativeSignInPages(router, kit);
  addLanguageRoute(router, kit);
  addDocumentationSite(router, kit);
  addBrandFiles(router, kit);
  addApiDocumentation(router, { ...kit, describeApi: () => describeApi(kit.config) });
  if (kit.developmentPages) addDevelopmentRoutes(router, kit);
  const { provider, directAnswers, authorizeDirectly, jwts, csrf, pageLocale } = kit;
  const { managementTokens, clientRegistration, clientChanges } = kit;
  return {
    provider,
    directAnswers,
    authorizeDirectly,
    jwts,
    csrf,
    pageLocale,
    managementTokens,
    clientRegistration,
    clientChanges,
    guardImpersonation: createImpersonationGuard(kit),
    followSession: fedcm?.follow,
    router: asApp(router),
  };
}

/** Returns the sessions of FedCM, or `undefined` if it is off. */
function addFedcm(router: Router, kit: PageKit): FedcmSessions | undefined {
  const { config } = kit;
  if (config.fedcm === 'off') return undefined;
  const { issuerUrl } = config;
  const place = { issuerUrl, basePath: basePathOf(config) };
  const cookieSigner = createCookieSigner(config.cookieKeys);
  const sessions = createFedcmSessions({ ...kit, ...place, cookieSigner });
  addFedcmPages(router, { ...kit, ...place, sessions });
  return sessions;
}

function addSignInRoutes(router: Router, kit: PageKit): void {
  addPasskeySignInPages(router, kit);
  addProviderPages(router, kit);
  addSignInPages(router, kit);
  addAccountChooserPages(router, kit);
  addConsentPages(router, kit);
  addDevicePages(router, kit);
  addRegisterPages(router, kit);
  addSetupPages(router, kit);
  addSignOutPages(router, kit);
  addUnrecognizedSignInPages(router, kit);
}

function addEmailRoutes(router: Router, kit: PageKit): void {
  addVerifyPages(router, kit);
  addVerifyLinkPages(router, kit);
  addRecoverPages(router, kit);
  if (kit.mailSignsIn) addMailSignInPages(router, kit);
  addInvitationPages(router, kit);
  addEmailPages(router, kit);
}

function addAccountRoutes(router: Router, kit: PageKit): void {
  addReauthenticationPages(router, kit);
  addProfilePages(router, kit);
  addPasswordPages(router, kit);
  addPasskeyPages(router, kit);
  addLinkedPages(router, kit);
  addCodePages(router, kit);
  addSessionPages(router, kit);
  addAppPages(router, kit);
  addRequestPages(router, kit);
  addActivityPages(router, kit);
  addDetailPages(router, kit);
  addExportPages(router, kit);
  addDeletionPages(router, kit);
  addAccountPages(router, kit);
}

function addDevelopmentRoutes(router: Router, kit: PageKit): void {
  const { site, mailbox, config, render, clientRegistration } = kit;
  if (mailbox) addDevMailPages(router, { site, mailbox });
  addBrandPreview(router, { ...kit, renderers: mails });
  const ensureClient = () => clientRegistration.ensure(playgroundClient(config.issuer));
  router.use(createPlayground({ render, config, ensureClient }).routes());
}

function describeApi({ issuer, productName }: PageKit['config']): object {
  return createOpenApiDocument({ issuer, productName, version, routes: describeApiRoutes() });
}

/** koa-mount expects an app; a router is a single middleware. */
function asApp(router: Router): Koa {
  const app = new Koa();
  app.use(router.routes());
  return app;
}
