// All pages about roles, groups and organizations.
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { addGroupActions, type GroupActionDependencies } from './group-actions.pages.ts';
import { addGroupDetail, addGroupPages, type GroupPageDependencies } from './groups.pages.ts';
import {
  addOrganizationActions,
  type OrganizationActionDependencies,
} from './organization-actions.pages.ts';
import {
  addOrganizationDetail,
  addOrganizationPages,
  type OrganizationPageDependencies,
} from './organizations.pages.ts';
import { addRoleActions, type RoleActionDependencies } from './role-actions.pages.ts';
import { addRoleDetail, type RoleDetailDependencies } from './role-detail.pages.ts';
import { addRoleList, type RoleListDependencies } from './role-list.pages.ts';

export type AuthorizationPageDependencies = RoleListDependencies &
  RoleDetailDependencies &
  RoleActionDependencies &
  GroupPageDependencies &
  GroupActionDependencies &
  OrganizationPageDependencies &
  OrganizationActionDependencies;

/** The page of one object comes last, because its path pattern also matches the others. */
export function addAuthorizationPages(
  panel: Panel,
  dependencies: AuthorizationPageDependencies,
): void {
  addRoleList(panel, dependencies);
  addRoleActions(panel, dependencies);
  addRoleDetail(panel, dependencies);
  addGroupPages(panel, dependencies);
  addGroupActions(panel, dependencies);
  addGroupDetail(panel, dependencies);
  addOrganizationPages(panel, dependencies);
  addOrganizationActions(panel, dependencies);
  addOrganizationDetail(panel, dependencies);
}
