// The migrations in migrations/, in the order in which schema/run-migrations.ts applies them. Their names
// are recorded without a file extension, so that it does not matter how they are run.
import type { Knex } from 'knex';
import * as foundation from '#migrations/0001-foundation.ts';
import * as blocking from '#migrations/0002-blocking.ts';
import * as emailTokens from '#migrations/0003-mail-proofs.ts';
import * as consentsByClient from '#migrations/0004-consents-by-client.ts';
import * as clusterSettings from '#migrations/0005-shared-settings.ts';
import * as secondFactors from '#migrations/0006-second-factors.ts';
import * as passkeys from '#migrations/0007-passkeys.ts';
import * as accountDeletion from '#migrations/0008-account-deletion.ts';
import * as emailSignInService from '#migrations/0009-mail-sign-in.ts';
import * as identities from '#migrations/0010-identities.ts';
import * as personalData from '#migrations/0011-personal-data.ts';
import * as securityVersions from '#migrations/0012-security-versions.ts';
import * as accountOrigins from '#migrations/0013-account-origins.ts';
import * as userinfoAlgorithm from '#migrations/0014-userinfo-algorithm.ts';
import * as userPictures from '#migrations/0015-user-pictures.ts';
import * as trustedDevices from '#migrations/0016-trusted-devices.ts';
import * as idempotentRequests from '#migrations/0018-idempotent-requests.ts';
import * as clientSecretOverlap from '#migrations/0019-client-secret-overlap.ts';
import * as rolesGroupsOrganizations from '#migrations/0020-roles-groups-organizations.ts';
import * as recentRefreshFamilies from '#migrations/0022-recent-refresh-families.ts';
import * as webhooks from '#migrations/0023-webhooks.ts';
import * as approvals from '#migrations/0024-approvals.ts';
import * as impersonations from '#migrations/0025-impersonations.ts';
import * as identityProviders from '#migrations/0026-identity-providers.ts';
import * as logos from '#migrations/0028-logos.ts';
import * as auditEventsByName from '#migrations/0029-audit-events-by-name.ts';
import * as logOverride from '#migrations/0030-log-override.ts';
import * as keyRotation from '#migrations/0031-key-rotation.ts';
import * as installation from '#migrations/0033-installation.ts';
import * as subjectKey from '#migrations/0034-subject-key.ts';
import * as authorizationDetails from '#migrations/0036-authorization-details.ts';
import * as dynamicClients from '#migrations/0037-dynamic-clients.ts';
import * as sharedSignals from '#migrations/0039-shared-signals.ts';
import * as tokenStatusLists from '#migrations/0040-token-status-lists.ts';
import * as backchannelRequests from '#migrations/0041-backchannel-requests.ts';
import * as exchangedTokenStatuses from '#migrations/0042-exchanged-token-statuses.ts';
import * as signalPolls from '#migrations/0043-signal-polls.ts';
import * as lastSignIns from '#migrations/0044-last-sign-ins.ts';
import * as assignmentsFunction from '#migrations/0045-assignments-function.ts';

export interface Migration {
  readonly name: string;
  up(db: Knex): Promise<void>;
  down(db: Knex): Promise<void>;
}

export const migrations: readonly Migration[] = [
  { name: '0001-foundation', ...foundation },
  { name: '0002-blocking', ...blocking },
  { name: '0003-mail-proofs', ...emailTokens },
  { name: '0004-consents-by-client', ...consentsByClient },
  { name: '0005-shared-settings', ...clusterSettings },
  { name: '0006-second-factors', ...secondFactors },
  { name: '0007-passkeys', ...passkeys },
  { name: '0008-account-deletion', ...accountDeletion },
  { name: '0009-mail-sign-in', ...emailSignInService },
  { name: '0010-identities', ...identities },
  { name: '0011-personal-data', ...personalData },
  { name: '0012-security-versions', ...securityVersions },
  { name: '0013-account-origins', ...accountOrigins },
  { name: '0014-userinfo-algorithm', ...userinfoAlgorithm },
  { name: '0015-user-pictures', ...userPictures },
  { name: '0016-trusted-devices', ...trustedDevices },
  { name: '0018-idempotent-requests', ...idempotentRequests },
  { name: '0019-client-secret-overlap', ...clientSecretOverlap },
  { name: '0020-roles-groups-organizations', ...rolesGroupsOrganizations },
  { name: '0022-recent-refresh-families', ...recentRefreshFamilies },
  { name: '0023-webhooks', ...webhooks },
  { name: '0024-approvals', ...approvals },
  { name: '0025-impersonations', ...impersonations },
  { name: '0026-identity-providers', ...identityProviders },
  { name: '0028-logos', ...logos },
  { name: '0029-audit-events-by-name', ...auditEventsByName },
  { name: '0030-log-override', ...logOverride },
  { name: '0031-key-rotation', ...keyRotation },
  { name: '0033-installation', ...installation },
  { name: '0034-subject-key', ...subjectKey },
  { name: '0036-authorization-details', ...authorizationDetails },
  { name: '0037-dynamic-clients', ...dynamicClients },
  { name: '0039-shared-signals', ...sharedSignals },
  { name: '0040-token-status-lists', ...tokenStatusLists },
  { name: '0041-backchannel-requests', ...backchannelRequests },
  { name: '0042-exchanged-token-statuses', ...exchangedTokenStatuses },
  { name: '0043-signal-polls', ...signalPolls },
  { name: '0044-last-sign-ins', ...lastSignIns },
  { name: '0045-assignments-function', ...assignmentsFunction },
];
