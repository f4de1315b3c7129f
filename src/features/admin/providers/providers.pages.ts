// Identity providers in the panel: list, page, creation and changes.
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { addProviderActions, type ProviderActionDependencies } from './provider-actions.pages.ts';
import { addProviderCreate, type ProviderCreateDependencies } from './provider-create.pages.ts';
import {
  addProviderDetail,
  addProviderList,
  type ProviderListDependencies,
} from './provider-list.pages.ts';

export type ProviderPanelDependencies = ProviderListDependencies &
  ProviderCreateDependencies &
  ProviderActionDependencies;

export function addIdentityProviderPages(
  panel: Panel,
  dependencies: ProviderPanelDependencies,
): void {
  addProviderList(panel, dependencies);
  addProviderCreate(panel, dependencies);
  addProviderActions(panel, dependencies);
  addProviderDetail(panel, dependencies);
}
