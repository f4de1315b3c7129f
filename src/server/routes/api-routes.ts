// The route table of the management API.
import type { Cursors } from '#http/api/cursors.ts';
import type { Route } from '#http/api/route.ts';
import { approvalRoutes, type ApprovalRouteDependencies } from '#core/approvals/approvals.api.ts';
import { auditRoutes, type AuditRouteDependencies } from '#core/audit/audit.api.ts';
import {
  accessEvaluationRoutes,
  type AccessEvaluationRouteDependencies,
} from '#features/access-evaluation/access-evaluation.api.ts';
import {
  clientAccessRoutes,
  type ClientAccessRouteDependencies,
} from '#features/client-access/client-access.api.ts';
import { groupMemberRoutes } from '#features/groups/group-members.api.ts';
import { groupRoutes, type GroupRouteDependencies } from '#features/groups/groups.api.ts';
import { organizationMemberRoutes } from '#features/organizations/organization-members.api.ts';
import {
  organizationRoutes,
  type OrganizationRouteDependencies,
} from '#features/organizations/organizations.api.ts';
import { roleRoutes, type RoleRouteDependencies } from '#features/roles/roles.api.ts';
import {
  userRoleRoutes,
  type UserRoleRouteDependencies,
} from '#features/user-administration/user-roles.api.ts';
import { clientRoutes, type ClientRouteDependencies } from '#core/clients/clients.api.ts';
import { grantRoutes, type GrantRouteDependencies } from '#core/tokens/grants.api.ts';
import {
  identityRoutes,
  type IdentityRouteDependencies,
} from '#features/federation/identities.api.ts';
import { familyRoutes, type FamilyRouteDependencies } from '#core/tokens/refresh-families.api.ts';
import {
  impersonationRoutes,
  type ImpersonationRouteDependencies,
} from '#core/impersonations/impersonations.api.ts';
import { sessionRoutes, type SessionRouteDependencies } from '#core/sessions/sessions.api.ts';
import {
  customAttributeRoutes,
  type CustomAttributeRouteDependencies,
} from '#features/custom-attributes/custom-attributes.api.ts';
import { userRoutes, type UserRouteDependencies } from '#core/users/users.api.ts';

import {
  clientAccountRoutes,
  type ClientAccountRouteDependencies,
} from '#core/clients/administration/client-accounts.api.ts';
import {
  clientChangeRoutes,
  type ClientChangeRouteDependencies,
} from '#core/clients/administration/client-changes.api.ts';
import {
  resourceRoutes,
  type ResourceRouteDependencies,
} from '#core/clients/administration/resources.api.ts';
import { outboxRoutes, type OutboxRouteDependencies } from '#core/outbox/outbox.api.ts';
import { signingKeyRoutes, type SigningKeyRouteDependencies } from '#core/keys/signing-keys.api.ts';
import {
  serverInformationRoutes,
  type ServerInformationRouteDependencies,
} from '#features/server-information/server-information.api.ts';
import {
  userAccountRoutes,
  type UserAccountRouteDependencies,
} from '#features/user-administration/api/user-accounts.api.ts';
import {
  userCredentialRoutes,
  type UserCredentialRouteDependencies,
} from '#features/user-administration/api/user-credentials.api.ts';
import {
  userImportRoutes,
  type UserImportRouteDependencies,
} from '#features/user-import/user-import.api.ts';
import {
  identityProviderRoutes,
  type IdentityProviderRouteDependencies,
} from '#features/federation/management/identity-providers.api.ts';
import {
  brandingRoutes,
  type BrandingRouteDependencies,
} from '#features/branding/stored/branding.api.ts';
import { loggingRoutes, type LoggingRouteDependencies } from '#features/logging/logging.api.ts';
import {
  initialAccessTokenRoutes,
  type InitialAccessTokenRouteDependencies,
} from '#features/client-registration/api/initial-access-tokens.api.ts';
import {
  statementIssuerRoutes,
  type StatementIssuerRouteDependencies,
} from '#features/client-registration/api/statement-issuers.api.ts';
import {
  signalStreamRoutes,
  type SignalStreamRouteDependencies,
} from '#features/shared-signals/signal-streams.api.ts';
import { webhookDeliveryRoutes } from '#features/webhooks/api/webhook-deliveries.api.ts';
import {
  webhookRoutes,
  type WebhookRouteDependencies,
} from '#features/webhooks/api/webhooks.api.ts';

export interface ApiRouteDependencies
  extends
    ApprovalRouteDependencies,
    AuditRouteDependencies,
    ClientAccountRouteDependencies,
    ClientChangeRouteDependencies,
    ClientRouteDependencies,
    FamilyRouteDependencies,
    GrantRouteDependencies,
    IdentityRouteDependencies,
    ImpersonationRouteDependencies,
    SessionRouteDependencies,
    CustomAttributeRouteDependencies,
    OutboxRouteDependencies,
    ResourceRouteDependencies,
    ServerInformationRouteDependencies,
    SigningKeyRouteDependencies,
    UserAccountRouteDependencies,
    UserCredentialRouteDependencies,
    UserImportRouteDependencies,
    AccessEvaluationRouteDependencies,
    ClientAccessRouteDependencies,
    GroupRouteDependencies,
    OrganizationRouteDependencies,
    RoleRouteDependencies,
    UserRoleRouteDependencies,
    UserRouteDependencies,
    IdentityProviderRouteDependencies,
    BrandingRouteDependencies,
    LoggingRouteDependencies,
    InitialAccessTokenRouteDependencies,
    StatementIssuerRouteDependencies,
    SignalStreamRouteDependencies,
    WebhookRouteDependencies {
  readonly cursors: Cursors;
}

export function createApiRoutes(dependencies: ApiRouteDependencies): readonly Route[] {
  return [
    ...userAccountRoutes(dependencies),
    ...userImportRoutes(dependencies),
    ...userRoutes(dependencies),
    ...userCredentialRoutes(dependencies),
    ...identityRoutes(dependencies),
    ...sessionRoutes(dependencies),
    ...impersonationRoutes(dependencies),
    ...grantRoutes(dependencies),
    ...familyRoutes(dependencies),
    ...clientAccountRoutes(dependencies),
    ...clientChangeRoutes(dependencies),
    ...clientRoutes(dependencies),
    ...resourceRoutes(dependencies),
    ...signingKeyRoutes(dependencies),
    ...serverInformationRoutes(dependencies),
    ...outboxRoutes(dependencies),
    ...auditRoutes(dependencies),
    ...approvalRoutes(dependencies),
    ...customAttributeRoutes(dependencies),
    ...roleRoutes(dependencies),
    ...userRoleRoutes(dependencies),
    ...groupRoutes(dependencies),
    ...groupMemberRoutes(dependencies),
    ...organizationRoutes(dependencies),
    ...organizationMemberRoutes(dependencies),
    ...clientAccessRoutes(dependencies),
    ...accessEvaluationRoutes(dependencies),
    ...webhookRoutes(dependencies),
    ...webhookDeliveryRoutes(dependencies),
    ...signalStreamRoutes(dependencies),
    ...identityProviderRoutes(dependencies),
    ...brandingRoutes(dependencies),
    ...loggingRoutes(dependencies),
    ...initialAccessTokenRoutes(dependencies),
    ...statementIssuerRoutes(dependencies),
  ];
}

/** The route table for descriptions: no dependency exists, so the routes cannot be called. */
export function describeApiRoutes(): readonly Route[] {
  // True as long as the functions only pass their dependencies on to the handlers.
  return createApiRoutes({} as ApiRouteDependencies);
}
