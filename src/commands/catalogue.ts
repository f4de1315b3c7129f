// All commands that work on the installation's data, in the order in which help lists them. Those that
// stand on the process alone are in processes.ts: a server, which runs these here, must not run them.
import { clientCreate } from './clients/create.ts';
import { clientShow } from './clients/show.ts';
import type { DataCommand } from './context.ts';
import { keysList } from './keys/list.ts';
import { migrate } from './migrate.ts';
import { resourceCreate } from './resources/create.ts';
import { resourceList } from './resources/list.ts';
import { userCreate } from './users/create.ts';
import { userSetAdmin } from './users/set-admin.ts';
import { userShow } from './users/show.ts';

export const dataCommands: readonly DataCommand[] = [
  migrate,
  userCreate,
  userShow,
  userSetAdmin,
  clientCreate,
  clientShow,
  resourceCreate,
  resourceList,
  keysList,
];
