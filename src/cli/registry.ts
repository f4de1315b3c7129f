// All data commands, in the order of the help. Process commands are in process-commands.ts, because
// a server runs the commands listed here on request and must not run those.
import { approvalCommands } from '#core/approvals/approvals.commands.ts';
import { auditExportCommand } from '#core/audit/commands/audit-export.ts';
import { auditSearchCommand } from '#core/audit/commands/audit-search.ts';
import { auditVerify } from '#core/audit/commands/audit-verify.ts';
import { clientBlock } from '#core/clients/commands/client-block.ts';
import { clientCheck } from '#core/clients/commands/client-check.ts';
import { clientCreate } from '#core/clients/commands/client-create.ts';
import { clientDelete } from '#core/clients/commands/client-delete.ts';
import { clientList } from '#core/clients/commands/client-list.ts';
import { clientRotateSecret } from '#core/clients/commands/client-rotate-secret.ts';
import { clientShow } from '#core/clients/commands/client-show.ts';
import { clientUnblock } from '#core/clients/commands/client-unblock.ts';
import { clientUpdate } from '#core/clients/commands/client-update.ts';
import { installationCommands } from './installation-commands.ts';
import type { DataCommand } from './data-context.ts';
import {
  impersonationEnd,
  impersonationList,
} from '#core/impersonations/impersonations.commands.ts';
import { backchannelCommands } from '#features/backchannel-authentication/backchannel.commands.ts';
import { keyCommands } from '#core/keys/signing-keys.commands.ts';
import { outboxList } from '#core/outbox/commands/outbox-list.ts';
import { outboxRetry } from '#core/outbox/commands/outbox-retry.ts';
import { resourceCreate } from '#core/clients/commands/resources/resource-create.ts';
import { resourceDelete } from '#core/clients/commands/resources/resource-delete.ts';
import { resourceList } from '#core/clients/commands/resources/resource-list.ts';
import { resourceShow } from '#core/clients/commands/resources/resource-show.ts';
import { resourceUpdate } from '#core/clients/commands/resources/resource-update.ts';
import { sessionEnd } from '#core/sessions/commands/session-end.ts';
import { sessionListCommand } from '#core/sessions/commands/session-list.ts';
import { sessionRevokeAll } from '#core/revocation/commands/session-revoke-all.ts';
import { sessionShow } from '#core/sessions/commands/session-show.ts';
import {
  userAddRole,
  userRemoveRole,
  userSetAdmin,
} from '#features/user-administration/commands/user-roles.ts';
import { userBlock } from '#core/revocation/commands/user-block.ts';
import { userCreate } from '#features/registration/user-create.commands.ts';
import { userDelete } from '#features/account-deletion/user-delete.commands.ts';
import { userImportPart } from '#features/user-import/commands/user-import-part.ts';
import { userInvite } from '#features/invitations/user-invite.commands.ts';
import { userListCommand } from '#features/user-administration/commands/user-list.ts';
import {
  userIdentities,
  userRemoveIdentity,
} from '#features/federation/commands/user-identities.ts';
import {
  supplementList,
  supplementRemove,
  supplementSet,
  supplementShow,
} from '#features/custom-attributes/commands/supplements.ts';
import { userRemoveSecondFactor } from '#features/mfa/commands/user-remove-second-factor.ts';
import { userSessions } from '#core/sessions/commands/user-sessions.ts';
import { userSetPassword } from '#features/user-administration/commands/user-set-password.ts';
import { userShow } from '#features/user-administration/commands/user-show.ts';
import { userSignOut } from '#core/revocation/commands/user-sign-out.ts';
import { userUnblock } from '#core/revocation/commands/user-unblock.ts';
import { userUpdate } from '#features/user-administration/commands/user-update.ts';
import {
  roleCreate,
  roleDelete,
  roleList,
  roleShow,
  roleUpdate,
} from '#features/roles/commands/roles.commands.ts';
import {
  roleAddPermission,
  roleRemovePermission,
} from '#features/roles/commands/role-permissions.commands.ts';
import {
  groupCreate,
  groupDelete,
  groupList,
  groupShow,
  groupUpdate,
} from '#features/groups/commands/groups.commands.ts';
import {
  groupAddMember,
  groupAddRole,
  groupRemoveMember,
  groupRemoveRole,
} from '#features/groups/commands/group-members.commands.ts';
import {
  organizationCreate,
  organizationDelete,
  organizationList,
  organizationShow,
  organizationUpdate,
} from '#features/organizations/commands/organizations.commands.ts';
import {
  organizationAddMember,
  organizationAddRole,
  organizationRemoveMember,
  organizationRemoveRole,
} from '#features/organizations/commands/organization-members.commands.ts';
import { clientAccess } from '#features/client-access/client-access.commands.ts';
import { clientRevokeGrants } from '#core/clients/commands/client-revoke-grants.ts';
import { grantListCommand } from '#core/tokens/commands/grant-list.ts';
import { grantRevoke } from '#core/tokens/commands/grant-revoke.ts';
import { statisticsCommand } from '#features/server-information/statistics.commands.ts';
import { userCredentials } from '#features/user-administration/commands/user-credentials.ts';
import {
  userRemovePasskey,
  userRemovePassword,
} from '#features/user-administration/commands/user-remove-credential.ts';
import { userSendRecoveryMail } from '#features/user-administration/commands/user-send-recovery-mail.ts';
import {
  webhookCreate,
  webhookDelete,
  webhookList,
  webhookShow,
  webhookUpdate,
} from '#features/webhooks/commands/webhooks.commands.ts';
import { brandingCommands } from '#features/branding/stored/branding.commands.ts';
import {
  providerCreate,
  providerDelete,
  providerList,
  providerShow,
  providerTest,
  providerUpdate,
} from '#features/federation/management/providers.commands.ts';
import { signalStreamCommands } from '#features/shared-signals/commands/signal-streams.commands.ts';
import {
  webhookReplay,
  webhookRotateSecret,
  webhookTest,
} from '#features/webhooks/commands/webhook-deliveries.commands.ts';
import { logCommands } from '#features/logging/logging.commands.ts';
import { applyDocument } from '#features/configuration-as-code/commands/apply-document.commands.ts';
import { initialAccessTokenCommands } from '#features/client-registration/commands/initial-access-tokens.commands.ts';
import { statementIssuerCommands } from '#features/client-registration/commands/statement-issuers.commands.ts';
import { exportConfiguration } from '#features/configuration-as-code/commands/export.commands.ts';

export const dataCommands: readonly DataCommand[] = [
  ...installationCommands,
  userListCommand,
  userShow,
  userCreate,
  userInvite,
  userImportPart,
  userUpdate,
  userSetPassword,
  userBlock,
  userUnblock,
  userSessions,
  userSignOut,
  userAddRole,
  userRemoveRole,
  userSetAdmin,
  userCredentials,
  userRemovePassword,
  userRemovePasskey,
  userRemoveSecondFactor,
  userIdentities,
  userRemoveIdentity,
  userSendRecoveryMail,
  userDelete,
  supplementList,
  supplementShow,
  supplementSet,
  supplementRemove,
  sessionListCommand,
  sessionShow,
  sessionEnd,
  sessionRevokeAll,
  impersonationList,
  impersonationEnd,
  grantListCommand,
  grantRevoke,
  clientList,
  clientShow,
  clientCheck,
  clientCreate,
  clientUpdate,
  clientRotateSecret,
  clientBlock,
  clientUnblock,
  clientAccess,
  clientRevokeGrants,
  clientDelete,
  ...initialAccessTokenCommands,
  ...statementIssuerCommands,
  resourceList,
  resourceShow,
  resourceCreate,
  resourceUpdate,
  resourceDelete,
  roleList,
  roleShow,
  roleCreate,
  roleUpdate,
  roleAddPermission,
  roleRemovePermission,
  roleDelete,
  groupList,
  groupShow,
  groupCreate,
  groupUpdate,
  groupAddMember,
  groupRemoveMember,
  groupAddRole,
  groupRemoveRole,
  groupDelete,
  organizationList,
  organizationShow,
  organizationCreate,
  organizationUpdate,
  organizationAddMember,
  organizationRemoveMember,
  organizationAddRole,
  organizationRemoveRole,
  organizationDelete,
  webhookList,
  webhookShow,
  webhookCreate,
  webhookUpdate,
  webhookRotateSecret,
  webhookTest,
  webhookReplay,
  webhookDelete,
  ...signalStreamCommands,
  providerList,
  providerShow,
  providerCreate,
  providerUpdate,
  providerTest,
  providerDelete,
  ...approvalCommands,
  ...backchannelCommands,
  ...brandingCommands,
  ...logCommands,
  ...keyCommands,
  statisticsCommand,
  outboxList,
  outboxRetry,
  auditVerify,
  auditSearchCommand,
  auditExportCommand,
  exportConfiguration,
  applyDocument,
];
