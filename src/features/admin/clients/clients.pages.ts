// All pages about clients and API resources.
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { addClientActions, type ClientActionDependencies } from './client-actions.pages.ts';
import { addClientCreate, type ClientCreateDependencies } from './client-create.pages.ts';
import { addClientDetail, type ClientDetailDependencies } from './client-detail.pages.ts';
import { addClientList, type ClientListDependencies } from './client-list.pages.ts';
import {
  addRegistrationTokens,
  type RegistrationTokenDependencies,
} from '#features/admin/client-registration/registration-tokens.pages.ts';
import {
  addStatementIssuers,
  type StatementIssuerPageDependencies,
} from '#features/admin/client-registration/statement-issuers.pages.ts';
import { addResourcePages, type ResourcePageDependencies } from './resources.pages.ts';
import {
  addTrustedIssuers,
  type TrustedIssuerDependencies,
} from './workloads/trusted-issuers.pages.ts';

export type ClientPageDependencies = ClientListDependencies &
  ClientDetailDependencies &
  ClientCreateDependencies &
  ClientActionDependencies &
  RegistrationTokenDependencies &
  StatementIssuerPageDependencies &
  TrustedIssuerDependencies &
  ResourcePageDependencies;

export function addClientPages(panel: Panel, dependencies: ClientPageDependencies): void {
  addClientList(panel, dependencies);
  // Registered before the page of one client, whose path would match them.
  addClientCreate(panel, dependencies);
  addClientActions(panel, dependencies);
  addTrustedIssuers(panel, dependencies);
  addClientDetail(panel, dependencies);
  addRegistrationTokens(panel, dependencies);
  addStatementIssuers(panel, dependencies);
  addResourcePages(panel, dependencies);
}
