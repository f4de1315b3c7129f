// All pages about webhooks.
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { addWebhookActions, type WebhookActionDependencies } from './webhook-actions.pages.ts';
import { addWebhookDetail, type WebhookDetailDependencies } from './webhook-detail.pages.ts';
import { addWebhookList, type WebhookListDependencies } from './webhook-list.pages.ts';

export type WebhookPageDependencies = WebhookListDependencies &
  WebhookDetailDependencies &
  WebhookActionDependencies;

/** The page of one webhook comes last, because its path pattern also matches the others. */
export function addWebhookPages(panel: Panel, dependencies: WebhookPageDependencies): void {
  addWebhookList(panel, dependencies);
  addWebhookActions(panel, dependencies);
  addWebhookDetail(panel, dependencies);
}
