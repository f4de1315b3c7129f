// Creates every module, in the order in which they depend on each other. The server and the command
// line use the same services; routes are added in routes/.
import type { Config } from '#config/config.ts';
import { createAccessControlModule } from '#core/access-control/module.ts';
import { createApprovalsModule } from '#core/approvals/module.ts';
import { createAccountDataModule } from '#core/account-data/module.ts';
import { createAuditChainModule, createAuditModule } from '#core/audit/module.ts';
import { createBackchannelRequestsModule } from '#core/backchannel-requests/module.ts';
import { createClientsModule } from '#core/clients/module.ts';
import { createConsentsModule } from '#core/consents/module.ts';
import { createImpersonationsModule } from '#core/impersonations/module.ts';
import { createIdempotencyModule } from '#core/idempotency/module.ts';
import {
  createEncryptionKeysModule,
  createKeyRotationModule,
  createKeysModule,
} from '#core/keys/module.ts';
import { compose } from '#core/modules/compose.ts';
import type { TableRules } from '#core/modules/table-rules.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { createOutboxModule } from '#core/outbox/module.ts';
import { createRevocationModule } from '#core/revocation/module.ts';
import { createSessionsModule } from '#core/sessions/module.ts';
import { createSubjectStatusModule } from '#core/subject-status/module.ts';
import { createTokenStatusModule } from '#core/token-status/module.ts';
import { createTokensModule } from '#core/tokens/module.ts';
import { createUsersModule } from '#core/users/module.ts';
import { createAccessEvaluationModule } from '#features/access-evaluation/module.ts';
import { createAccountDeletionModule } from '#features/account-deletion/module.ts';
import { createAccountOverviewModule } from '#features/account-overview/module.ts';
import { createClientAccessModule } from '#features/client-access/module.ts';
import { createClientRegistrationModule } from '#features/client-registration/module.ts';
import { createAdminModule } from '#features/admin/module.ts';
import { createBackupModule } from '#features/backup/module.ts';
import type { Brand } from '#features/branding/brand.ts';
import { createBrandingModule } from '#features/branding/module.ts';
import { loadBrand } from '#features/branding/load-brand.service.ts';
import { createCleanupModule } from '#features/cleanup/module.ts';
import { createClusterSettingsModule } from '#features/cluster-settings/module.ts';
import { createConfigurationModule } from '#features/configuration-as-code/module.ts';
import { createConnectedAppsModule } from '#features/connected-apps/module.ts';
import { createCustomAttributesModule } from '#features/custom-attributes/module.ts';
import {
  loadCustomAttributes,
  type CustomAttributeRegistry,
} from '#features/custom-attributes/schema/registry.service.ts';
import { createDataExportModule } from '#features/data-export/module.ts';
import { createDevMailboxModule } from '#features/dev-mailbox/module.ts';
import { createDeviceAuthorizationModule } from '#features/device-authorization/module.ts';
import { createEmailSignInModule } from '#features/email-sign-in/module.ts';
import { createEmailTokensModule } from '#features/email-tokens/module.ts';
import { createEmailVerificationModule } from '#features/email-verification/module.ts';
import {
  createFederatedRegistration,
  createFederationModule,
} from '#features/federation/module.ts';
import { createGroupsModule } from '#features/groups/module.ts';
import { createIdentityProvidersModule } from '#features/identity-providers/module.ts';
import { createInvitationsModule } from '#features/invitations/module.ts';
import { createLoggingModule } from '#features/logging/module.ts';
import { createLogosModule } from '#features/logos/module.ts';
import { createMfaModule } from '#features/mfa/module.ts';
import { createOrganizationsModule } from '#features/organizations/module.ts';
import { createPasskeysModule } from '#features/passkeys/module.ts';
import { createPasswordChangeModule } from '#features/password-change/module.ts';
import { createPasswordsModule } from '#features/passwords/module.ts';
import { createProfileModule } from '#features/profile/module.ts';
import { createReauthenticationModule } from '#features/reauthentication/module.ts';
import { createRecoveryModule } from '#features/recovery/module.ts';
import {
  createRegistrationModule,
  createVerifiedRegistration,
} from '#features/registration/module.ts';
import { createServerInformationModule } from '#features/server-information/module.ts';
import { createRolesModule } from '#features/roles/module.ts';
import { createSharedSignalsModule } from '#features/shared-signals/module.ts';
import { createSetupModule } from '#features/setup/module.ts';
import { createTrustedDevicesModule } from '#features/trusted-devices/module.ts';
import { createUnrecognizedDevicesModule } from '#features/unrecognized-devices/module.ts';
import { createUserAdministrationModule } from '#features/user-administration/module.ts';
import { createUserImportModule } from '#features/user-import/module.ts';
import { createWebhooksModule } from '#features/webhooks/module.ts';
import { createKeyring } from '#platform/crypto/encryption.ts';
import { createClockCheck } from '#platform/database/clock-check.ts';
import type { Log } from '#platform/logging/log.ts';
import { noMetrics, type Metrics } from '#platform/metrics/metrics.ts';
import { createObservation } from '#platform/observation/observation.ts';
import type { Tracing } from '#platform/tracing/tracing.ts';
import { createRequestDevice } from '#platform/request/request-device.ts';
import { createRequestOrigin } from '#platform/request/request-origin.ts';
import { createRedisDataLoss } from '#platform/short-lived/data-loss.ts';
import { logWaits } from './log-waits.ts';
import { loadCopies } from './lifecycle/copies.ts';
import { openMigrated } from './connections.ts';
import { createMailDelivery } from './mail-delivery.ts';
import { measureWaits } from './metrics/wait-metrics.ts';
import { tables } from './modules.ts';

export interface OpenOptions {
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Date;
  /** False for commands: they show no page, and run where files of the brand may be missing. */
  readonly showsPages?: boolean;
  /** By default, no metrics are kept. */
  readonly metrics?: Metrics;
  /** By default, nothing is traced. */
  readonly tracing?: Tracing | undefined;
}

/** All services by name; routes and commands declare which of them they need. */
export type Services = Awaited<ReturnType<typeof openServices>>;

interface Declared {
  readonly tables: readonly TableRules[];
  readonly customAttributeRegistry: CustomAttributeRegistry;
  readonly configuredBrand: Brand | undefined;
  readonly showsPages: boolean;
}

/** Connects, runs the migrations and creates the services. */
export async function openServices(options: OpenOptions) {
  const { config, log, now, showsPages = true, metrics = noMetrics, tracing } = options;
  const observation = createObservation();
  logWaits(log, observation);
  if (tracing) observation.subscribe(tracing.observe);
  if (tracing) observation.runGroupsWith(tracing.runGroup);
  if (metrics !== noMetrics) measureWaits(metrics, observation);
  const customAttributeRegistry = await loadCustomAttributes(config.supplements);
  const configuredBrand = showsPages ? await loadBrand(config) : undefined;
  const { db, shortLived, channels } = await openMigrated({
    config,
    log,
    now,
    metrics,
    observation,
  });
  const services = createServices({
    config,
    log,
    now,
    db,
    shortLived,
    channels,
    keyring: createKeyring(config.encryptionKeys),
    metrics,
    observation,
    tracing,
    requestOrigin: createRequestOrigin(),
    requestDevice: createRequestDevice(),
    tables,
    customAttributeRegistry,
    configuredBrand,
    showsPages,
    clockCheck: createClockCheck({ db, now }),
    redisDataLoss: createRedisDataLoss({ store: shortLived, now }),
    async close(): Promise<void> {
      await shortLived.close();
      await db.close();
      log.debug({ event: 'stores.closed' }, 'connections closed');
    },
  });
  await loadCopies(services);
  // Recorded before the first request, so that no proof presented from now on is refused because it
  // appears older than the data in Redis.
  await services.redisDataLoss.recordStart();
  return services;
}

/** The dependencies of all modules. */
function createCore<Base extends Runtime & Declared>(base: Base) {
  return compose(base)
    .add(createUsersModule)
    .add(createIdempotencyModule)
    .add(createAuditModule)
    .add(createKeysModule)
    .add(createAuditChainModule)
    .add(createSubjectStatusModule)
    .add(createAccessControlModule)
    .add(createClientsModule)
    .add(createOutboxModule)
    .add(createApprovalsModule)
    .add(createKeyRotationModule)
    .add(createEncryptionKeysModule)
    .add(createTokensModule)
    .add(createTokenStatusModule)
    .add(createRevocationModule)
    .add(createImpersonationsModule)
    .add(createConsentsModule)
    .add(createBackchannelRequestsModule)
    .add(createAccountDataModule)
    .add(createUnrecognizedDevicesModule)
    .add(createSessionsModule).services;
}

function createServices<Base extends Runtime & Declared>(base: Base) {
  return compose(createCore(base))
    .add(createUserImportModule)
    .add(createPasswordsModule)
    .add(createRegistrationModule)
    .add(createEmailTokensModule)
    .add(createIdentityProvidersModule)
    .add(createBrandingModule)
    .add(createTrustedDevicesModule)
    .add(createMfaModule)
    .add(createPasskeysModule)
    .add(createReauthenticationModule)
    .add(createFederationModule)
    .add(createVerifiedRegistration)
    .add(createEmailVerificationModule)
    .add(createFederatedRegistration)
    .add(createEmailSignInModule)
    .add(createRecoveryModule)
    .add(createInvitationsModule)
    .add(createPasswordChangeModule)
    .add(createUserAdministrationModule)
    .add(createRolesModule)
    .add(createGroupsModule)
    .add(createOrganizationsModule)
    .add(createClientAccessModule)
    .add(createAccessEvaluationModule)
    .add(createProfileModule)
    .add(createConnectedAppsModule)
    .add(createDeviceAuthorizationModule)
    .add(createAccountOverviewModule)
    .add(createCustomAttributesModule)
    .add(createDataExportModule)
    .add(createAccountDeletionModule)
    .add(createClientRegistrationModule)
    .add(createCleanupModule)
    .add(createClusterSettingsModule)
    .add(createSetupModule)
    .add(createServerInformationModule)
    .add(createDevMailboxModule)
    .add(createWebhooksModule)
    .add(createSharedSignalsModule)
    .add(createConfigurationModule)
    .add(createLogosModule)
    .add(createLoggingModule)
    .add(createBackupModule)
    .add(createAdminModule)
    .add(createMailDelivery).services;
}
