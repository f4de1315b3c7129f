// Adds the panel to the application: its sign-in, its access control and all its pages.
import type Router from '@koa/router';
import type { Config } from '#config/config.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import type { Rank } from '#core/access-control/rank.service.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { createCursors } from '#http/api/cursors.ts';
import type { SitePages } from '#http/site-pages.ts';
import type { ClientChanges } from '#oidc/clients/client-changes.ts';
import type { ClientRegistration } from '#oidc/clients/client-registration.ts';
import type { ManagementTokens } from '#oidc/tokens/management-tokens.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { createNetworkMatcher } from '#platform/outbound/networks.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import { addAuditPages, type AuditPageDependencies } from './activity/audit.pages.ts';
import { addSessionPages, type SessionPageDependencies } from './activity/sessions.pages.ts';
import {
  addAuthorizationPages,
  type AuthorizationPageDependencies,
} from './authorization/authorization.pages.ts';
import { addClientPages, type ClientPageDependencies } from './clients/clients.pages.ts';
import { addOverview, type OverviewDependencies } from './overview/overview.pages.ts';
import { createPanelCookie } from './access/panel-cookie.pages.ts';
import { createPanelGuard } from './access/panel-guard.pages.ts';
import { createPanelRegistration } from './access/panel-registration.pages.ts';
import { createPanel, type Panel } from './panel/panel.pages.ts';
import { createPanelAuthorization } from './access/panel-authorization.pages.ts';
import { addPanelSignIn } from './access/sign-in.pages.ts';
import { createTokenExchange } from './access/token-exchange.pages.ts';
import { addApprovalPages, type ApprovalPageDependencies } from './system/approvals.pages.ts';
import { addKeyPages, type KeyPageDependencies } from './system/keys.pages.ts';
import { addOutboxPages, type OutboxPageDependencies } from './system/outbox.pages.ts';
import { addBrandingPages, type BrandingPanelDependencies } from './branding/branding.pages.ts';
import {
  addIdentityProviderPages,
  type ProviderPanelDependencies,
} from './providers/providers.pages.ts';
import { addSystemPages, type SystemPageDependencies } from './system/system.pages.ts';
import { addSignalPages, type SignalPageDependencies } from './signals/signals.pages.ts';
import { addWebhookPages, type WebhookPageDependencies } from './webhooks/webhooks.pages.ts';
import { addUserPages, type UserPageDependencies } from './users/users.pages.ts';

interface PanelParts {
  readonly rank: Rank;
  readonly approvals: Approvals;
  readonly site: SitePages;
  readonly config: Config;
  readonly issuer: string;
  readonly issuerUrl: URL;
  readonly basePath: string;
  readonly keyring: Keyring;
  readonly users: UserStore;
  readonly clientStore: ClientStore;
  readonly clientRegistration: ClientRegistration;
  readonly clientChanges: ClientChanges;
  readonly managementTokens: ManagementTokens;
  readonly requestOrigin: RequestOriginSlot;
  readonly now: () => Date;
}

type PageDependencies = OverviewDependencies &
  UserPageDependencies &
  AuthorizationPageDependencies &
  ClientPageDependencies &
  WebhookPageDependencies &
  SignalPageDependencies &
  SessionPageDependencies &
  AuditPageDependencies &
  OutboxPageDependencies &
  ApprovalPageDependencies &
  KeyPageDependencies &
  SystemPageDependencies &
  ProviderPanelDependencies &
  BrandingPanelDependencies;

export type AdminPageDependencies = PanelParts & Omit<PageDependencies, 'cursors'>;

export function addAdminPages(router: Router, dependencies: AdminPageDependencies): void {
  const cursors = createCursors(dependencies.keyring.derive('panel cursors'));
  const panel = openPanel(router, dependencies);
  addPages(panel, { ...dependencies, cursors });
}

function openPanel(router: Router, parts: PanelParts): Panel {
  const { site, config, issuerUrl, basePath, keyring, users, requestOrigin, now } = parts;
  const { issuer, managementTokens: tokens, rank, approvals } = parts;
  const cookie = createPanelCookie({ issuerUrl, basePath, keyring });
  const ensureClient = createPanelRegistration(parts);
  const authorization = createPanelAuthorization({ site, keyring, issuer, ensureClient, now });
  const isAllowedAddress =
    config.adminAllow.length === 0 ? () => true : createNetworkMatcher(config.adminAllow);
  const guard = createPanelGuard({ cookie, authorization, tokens, users, isAllowedAddress, now });
  const exchangeCode = createTokenExchange(issuerUrl, basePath);
  addPanelSignIn({ router, site, guard, cookie, authorization, tokens, exchangeCode, now });
  return createPanel({ router, site, guard, requestOrigin, rank, approvals, now });
}

function addPages(panel: Panel, dependencies: PageDependencies): void {
  addOverview(panel, dependencies);
  addUserPages(panel, dependencies);
  addSessionPages(panel, dependencies);
  addAuthorizationPages(panel, dependencies);
  addClientPages(panel, dependencies);
  addWebhookPages(panel, dependencies);
  addSignalPages(panel, dependencies);
  addAuditPages(panel, dependencies);
  addOutboxPages(panel, dependencies);
  addApprovalPages(panel, dependencies);
  addKeyPages(panel, dependencies);
  addSystemPages(panel, dependencies);
  addIdentityProviderPages(panel, dependencies);
  addBrandingPages(panel, dependencies);
}
