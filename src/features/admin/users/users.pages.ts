// All pages about users.
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { addUserActions, type UserActionDependencies } from './user-actions.pages.ts';
import { addUserChanges, type UserChangeDependencies } from './user-changes.pages.ts';
import { addUserCredentials, type UserCredentialDependencies } from './user-credentials.pages.ts';
import {
  addUserImpersonation,
  type UserImpersonationDependencies,
} from './user-impersonate.pages.ts';
import { addUserDetail, type UserDetailDependencies } from './user-detail.pages.ts';
import { addUserList, type UserListDependencies } from './user-list.pages.ts';

export type UserPageDependencies = UserListDependencies &
  UserDetailDependencies &
  UserActionDependencies &
  UserCredentialDependencies &
  UserChangeDependencies &
  UserImpersonationDependencies;

export function addUserPages(panel: Panel, dependencies: UserPageDependencies): void {
  addUserList(panel, dependencies);
  // Registered before the page of one user, whose path would match them.
  addUserChanges(panel, dependencies);
  addUserActions(panel, dependencies);
  addUserCredentials(panel, dependencies);
  addUserImpersonation(panel, dependencies);
  addUserDetail(panel, dependencies);
}
