// All pages about streams of Shared Signals.
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { addSignalActions, type SignalActionDependencies } from './signal-actions.pages.ts';
import { addSignalDetail, type SignalDetailDependencies } from './signal-detail.pages.ts';
import { addSignalList, type SignalListDependencies } from './signal-list.pages.ts';

export type SignalPageDependencies = SignalListDependencies &
  SignalDetailDependencies &
  SignalActionDependencies;

/** The page of one stream comes last, because its path pattern also matches the others. */
export function addSignalPages(panel: Panel, dependencies: SignalPageDependencies): void {
  addSignalList(panel, dependencies);
  addSignalActions(panel, dependencies);
  addSignalDetail(panel, dependencies);
}
