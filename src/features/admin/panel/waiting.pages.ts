// The page after an act that waits for a second administrator.
import type { ApprovalAct } from '#config/kinds/approval-acts.ts';
import type { Approval } from '#core/approvals/approvals.ts';
import { relativeTime } from '#features/admin/page/formatting.ts';
import type { PanelPage } from '#features/admin/page/page-model.ts';
import { panelPath } from '#features/admin/panel-client.ts';

export const actNames: Readonly<Record<ApprovalAct, string>> = {
  'users.delete': 'Delete an account',
  'roles.grant-admin': 'Make a user an administrator',
  'sessions.end-all': 'Sign everyone out',
  'keys.rotate': 'Replace all keys',
};

/** The content of that page, in place of a result. */
export function waitingPage({ act, expiresAt }: Approval, now: Date): PanelPage {
  return {
    title: 'Waiting for a second administrator',
    lead: `Nothing has changed yet. Another administrator can approve it under Approvals; it expires ${relativeTime(expiresAt, now).text}.`,
    back: { label: 'Approvals', href: `${panelPath}/approvals` },
    blocks: [{ kind: 'facts', facts: [{ label: 'Act', value: actNames[act] }] }],
  };
}
