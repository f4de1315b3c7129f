// All data commands, in the order of the help. Process commands are in process-commands.ts, because
// a server runs the commands listed here on request and must not run those.
import { auditExportCommand } from '#core/audit/commands/audit-export.ts';
import { auditVerify } from '#core/audit/commands/audit-verify.ts';
import { clientCreate } from '#core/clients/commands/client-create.ts';
import { clientDisable } from '#core/clients/commands/client-disable.ts';
import { clientEnable } from '#core/clients/commands/client-enable.ts';
import { clientShow } from '#core/clients/commands/client-show.ts';
import { configAccept } from '#features/cluster-settings/config-accept.commands.ts';
import type { DataCommand } from './data-context.ts';
import { everyoneSignOut } from '#core/revocation/commands/everyone-sign-out.ts';
import { userImportPart } from '#features/user-import/commands/user-import-part.ts';
import { keysList } from '#core/keys/signing-keys.commands.ts';
import { migrate } from './migrate.ts';
import { outboxList } from '#core/outbox/commands/outbox-list.ts';
import { outboxRetry } from '#core/outbox/commands/outbox-retry.ts';
import { resourceCreate } from '#core/clients/commands/resource-create.ts';
import { resourceList } from '#core/clients/commands/resource-list.ts';
import { sessionEnd } from '#core/sessions/commands/session-end.ts';
import { sessionListCommand } from '#core/sessions/commands/session-list.ts';
import { sessionShow } from '#core/sessions/commands/session-show.ts';
import { userBlock } from '#core/revocation/commands/user-block.ts';
import { userCreate } from '#features/registration/user-create.commands.ts';
import { userInvite } from '#features/invitations/user-invite.commands.ts';
import { userDelete } from '#features/account-deletion/user-delete.commands.ts';
import { userRemoveSecondFactor } from '#features/mfa/commands/user-remove-second-factor.ts';
import { userSessions } from '#core/sessions/commands/user-sessions.ts';
import { userSetAdmin } from '#core/users/commands/user-set-admin.ts';
import { userShow } from '#core/users/commands/user-show.ts';
import { userSignOut } from '#core/revocation/commands/user-sign-out.ts';
import { userUnblock } from '#core/revocation/commands/user-unblock.ts';

export const dataCommands: readonly DataCommand[] = [
  migrate,
  configAccept,
  userCreate,
  userInvite,
  userImportPart,
  userShow,
  userSetAdmin,
  userBlock,
  userUnblock,
  userSessions,
  userSignOut,
  userRemoveSecondFactor,
  userDelete,
  sessionListCommand,
  sessionShow,
  sessionEnd,
  everyoneSignOut,
  clientCreate,
  clientShow,
  clientDisable,
  clientEnable,
  resourceCreate,
  resourceList,
  keysList,
  outboxList,
  outboxRetry,
  auditVerify,
  auditExportCommand,
];
