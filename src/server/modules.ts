// All modules. The order of the tables is the order in which other transactions lock them, the users
// first, which avoids deadlocks.
import { accessControlModule } from '#core/access-control/module.ts';
import { accountDataModule } from '#core/account-data/module.ts';
import { approvalsModule } from '#core/approvals/module.ts';
import { auditModule } from '#core/audit/module.ts';
import { backchannelRequestsModule } from '#core/backchannel-requests/module.ts';
import { clientsModule } from '#core/clients/module.ts';
import { consentsModule } from '#core/consents/module.ts';
import { idempotencyModule } from '#core/idempotency/module.ts';
import { impersonationsModule } from '#core/impersonations/module.ts';
import { keysModule } from '#core/keys/module.ts';
import type { Module } from '#core/modules/module.ts';
import { outboxModule } from '#core/outbox/module.ts';
import { revocationModule } from '#core/revocation/module.ts';
import { sessionsModule } from '#core/sessions/module.ts';
import { subjectStatusModule } from '#core/subject-status/module.ts';
import { tokenStatusModule } from '#core/token-status/module.ts';
import { tokensModule } from '#core/tokens/module.ts';
import { usersModule } from '#core/users/module.ts';
import { accessEvaluationModule } from '#features/access-evaluation/module.ts';
import { accountChooserModule } from '#features/account-chooser/module.ts';
import { accountDeletionModule } from '#features/account-deletion/module.ts';
import { accountOverviewModule } from '#features/account-overview/module.ts';
import { accountModule } from '#features/account/module.ts';
import { clientAccessModule } from '#features/client-access/module.ts';
import { clientRegistrationModule } from '#features/client-registration/module.ts';
import { adminModule } from '#features/admin/module.ts';
import { brandingModule } from '#features/branding/module.ts';
import { apiDocumentationModule } from '#features/api-documentation/module.ts';
import { cleanupModule } from '#features/cleanup/module.ts';
import { clusterSettingsModule } from '#features/cluster-settings/module.ts';
import { configurationModule } from '#features/configuration-as-code/module.ts';
import { connectedAppsModule } from '#features/connected-apps/module.ts';
import { customAttributesModule } from '#features/custom-attributes/module.ts';
import { dataExportModule } from '#features/data-export/module.ts';
import { devMailboxModule } from '#features/dev-mailbox/module.ts';
import { deviceAuthorizationModule } from '#features/device-authorization/module.ts';
import { documentationSiteModule } from '#features/documentation-site/module.ts';
import { emailSignInModule } from '#features/email-sign-in/module.ts';
import { emailTokensModule } from '#features/email-tokens/module.ts';
import { emailVerificationModule } from '#features/email-verification/module.ts';
import { fedcmModule } from '#features/fedcm/module.ts';
import { nativeSignInModule } from '#features/native-sign-in/module.ts';
import { federationModule } from '#features/federation/module.ts';
import { identityProvidersModule } from '#features/identity-providers/module.ts';
import { groupsModule } from '#features/groups/module.ts';
import { impersonationModule } from '#features/impersonation/module.ts';
import { interactionModule } from '#features/interaction/module.ts';
import { invitationsModule } from '#features/invitations/module.ts';
import { loggingModule } from '#features/logging/module.ts';
import { logosModule } from '#features/logos/module.ts';
import { mfaModule } from '#features/mfa/module.ts';
import { organizationsModule } from '#features/organizations/module.ts';
import { passkeysModule } from '#features/passkeys/module.ts';
import { passwordChangeModule } from '#features/password-change/module.ts';
import { passwordsModule } from '#features/passwords/module.ts';
import { playgroundModule } from '#features/playground/module.ts';
import { profileModule } from '#features/profile/module.ts';
import { reauthenticationModule } from '#features/reauthentication/module.ts';
import { recoveryModule } from '#features/recovery/module.ts';
import { registrationModule } from '#features/registration/module.ts';
import { serverInformationModule } from '#features/server-information/module.ts';
import { rolesModule } from '#features/roles/module.ts';
import { setupModule } from '#features/setup/module.ts';
import { signInModule } from '#features/sign-in/module.ts';
import { trustedDevicesModule } from '#features/trusted-devices/module.ts';
import { unrecognizedDevicesModule } from '#features/unrecognized-devices/module.ts';
import { userAdministrationModule } from '#features/user-administration/module.ts';
import { userImportModule } from '#features/user-import/module.ts';
import { backchannelAuthenticationModule } from '#features/backchannel-authentication/module.ts';
import { backupModule } from '#features/backup/module.ts';
import { sharedSignalsModule } from '#features/shared-signals/module.ts';
import { webhooksModule } from '#features/webhooks/module.ts';

export const modules: readonly Module[] = [
  usersModule,
  groupsModule,
  organizationsModule,
  emailTokensModule,
  passwordsModule,
  fedcmModule,
  nativeSignInModule,
  federationModule,
  passkeysModule,
  mfaModule,
  trustedDevicesModule,
  unrecognizedDevicesModule,
  consentsModule,
  idempotencyModule,
  dataExportModule,
  customAttributesModule,
  sessionsModule,
  impersonationsModule,
  tokensModule,
  tokenStatusModule,
  backchannelRequestsModule,
  auditModule,
  outboxModule,
  clientsModule,
  clientRegistrationModule,
  rolesModule,
  clientAccessModule,
  keysModule,
  subjectStatusModule,
  revocationModule,
  accessControlModule,
  approvalsModule,
  accessEvaluationModule,
  accountDataModule,
  accountModule,
  accountChooserModule,
  accountOverviewModule,
  accountDeletionModule,
  backchannelAuthenticationModule,
  brandingModule,
  apiDocumentationModule,
  cleanupModule,
  clusterSettingsModule,
  configurationModule,
  connectedAppsModule,
  devMailboxModule,
  deviceAuthorizationModule,
  documentationSiteModule,
  emailSignInModule,
  emailVerificationModule,
  impersonationModule,
  interactionModule,
  invitationsModule,
  passwordChangeModule,
  playgroundModule,
  profileModule,
  reauthenticationModule,
  recoveryModule,
  registrationModule,
  serverInformationModule,
  setupModule,
  signInModule,
  userAdministrationModule,
  userImportModule,
  logosModule,
  loggingModule,
  adminModule,
  webhooksModule,
  sharedSignalsModule,
  identityProvidersModule,
  backupModule,
];

export const tables = modules.flatMap((module) => module.tables);
export const mails = modules.flatMap((module) => module.mails);
