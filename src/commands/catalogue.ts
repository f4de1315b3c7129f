// All commands that work on the installation's data, in the order in which help lists them. Those that
// stand on the process alone are in processes.ts: a server, which runs these here, must not run them.
import { auditExport } from './audit/export.ts';
import { auditVerify } from './audit/verify.ts';
import { clientCreate } from './clients/create.ts';
import { clientDisable } from './clients/disable.ts';
import { clientEnable } from './clients/enable.ts';
import { clientShow } from './clients/show.ts';
import { configAccept } from './config/accept.ts';
import type { DataCommand } from './context.ts';
import { everyoneSignOut } from './endings/everyone-sign-out.ts';
import { userImportPart } from './importing/part.ts';
import { keysList } from './keys/list.ts';
import { migrate } from './migrate.ts';
import { outboxList } from './outbox/list.ts';
import { outboxRetry } from './outbox/retry.ts';
import { resourceCreate } from './resources/create.ts';
import { resourceList } from './resources/list.ts';
import { sessionEnd } from './sessions/end.ts';
import { sessionList } from './sessions/list.ts';
import { sessionShow } from './sessions/show.ts';
import { userBlock } from './users/block.ts';
import { userCreate } from './users/create.ts';
import { userInvite } from './users/invite.ts';
import { userDelete } from './users/delete.ts';
import { userRemoveSecondFactor } from './users/remove-second-factor.ts';
import { userSessions } from './users/sessions.ts';
import { userSetAdmin } from './users/set-admin.ts';
import { userShow } from './users/show.ts';
import { userSignOut } from './users/sign-out.ts';
import { userUnblock } from './users/unblock.ts';

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
  sessionList,
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
  auditExport,
];
