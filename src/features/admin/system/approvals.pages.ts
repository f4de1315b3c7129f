// Acts that wait for a second administrator: list, approve, reject.
import type { ApprovalAct } from '#config/kinds/approval-acts.ts';
import { scopesOfAct, type Approval, type Party } from '#core/approvals/approvals.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { Context } from '#http/context.ts';
import { AppError } from '#platform/errors.ts';
import { isUuid } from '#platform/uuid.ts';
import type { PanelVisit } from '#features/admin/access/panel-guard.pages.ts';
import { relativeTime, shortId } from '#features/admin/page/formatting.ts';
import type { Cell, Column, PanelPage, TableBlock } from '#features/admin/page/page-model.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import { actNames } from '#features/admin/panel/waiting.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';

export interface ApprovalPageDependencies {
  readonly approvals: Approvals;
  readonly users: UserStore;
  readonly now: () => Date;
}

const path = `${panelPath}/approvals`;
const maxShown = 100;

export function addApprovalPages(panel: Panel, dependencies: ApprovalPageDependencies): void {
  addList(panel, dependencies);
  addDecision(panel, dependencies, 'approve');
  addDecision(panel, dependencies, 'reject');
}

function addList(panel: Panel, dependencies: ApprovalPageDependencies): void {
  panel.page({
    path,
    scope: 'approvals:read',
    async show(_ctx, visit) {
      const page = { after: undefined, limit: maxShown };
      const { items } = await dependencies.approvals.list(undefined, page);
      const [waiting, others] = [items.filter(isPending), items.filter((each) => !isPending(each))];
      const [first, second] = await Promise.all([
        Promise.all(waiting.map((each) => waitingRow(dependencies, each, visit))),
        Promise.all(others.map((each) => decidedRow(dependencies, each))),
      ]);
      const columns = [{ label: 'Request' }, { label: 'About' }];
      return {
        title: 'Approvals',
        lead: 'Actions waiting for a second administrator. You can’t approve your own requests.',
        blocks: [
          {
            kind: 'table',
            title: 'Waiting',
            caption: 'Waiting actions, most recent first',
            columns: [...columns, { label: 'Expires' }, { label: 'Decision' }],
            rows: first,
            empty: emptyText(dependencies.approvals.required),
          },
          ...(second.length === 0 ? [] : [decidedTable(columns, second)]),
        ],
      };
    },
  });
}

function emptyText(required: readonly ApprovalAct[]): string {
  const acts = required.map((act) => actNames[act].toLowerCase());
  const list = new Intl.ListFormat('en', { type: 'disjunction' }).format(acts);
  return `Nothing is waiting. Approval is required to ${list}.`;
}

function decidedTable(columns: readonly Column[], rows: readonly (readonly Cell[])[]): TableBlock {
  return {
    kind: 'table',
    title: 'Decided',
    caption: 'Decided actions, most recent first',
    columns: [...columns, { label: 'Outcome' }],
    rows,
    empty: '',
  };
}

function isPending({ state }: Approval): boolean {
  return state === 'pending';
}

async function waitingRow(
  dependencies: ApprovalPageDependencies,
  approval: Approval,
  visit: PanelVisit,
): Promise<Cell[]> {
  const { id, act, expiresAt, requestedBy } = approval;
  const isOwn = requestedBy.kind === 'user' && requestedBy.id === visit.user.id;
  const may = visit.may('approvals:write') && scopesOfAct[act].every((each) => visit.may(each));
  const links = [
    ...(isOwn ? [] : [{ text: 'Approve', href: `${path}/${id}/approve` }]),
    { text: isOwn ? 'Withdraw' : 'Reject', href: `${path}/${id}/reject` },
  ];
  const about = await aboutCells(dependencies, approval);
  return [...about, relativeTime(expiresAt, dependencies.now()), may ? links : '-'];
}

async function decidedRow(
  dependencies: ApprovalPageDependencies,
  approval: Approval,
): Promise<Cell[]> {
  const { state, refusal, decidedBy } = approval;
  const by = decidedBy ? `by ${await nameOf(dependencies, decidedBy)}` : '';
  const hint = refusal === undefined ? by : `${by}: ${refusal}`;
  return [...(await aboutCells(dependencies, approval)), { text: state, hint, tag: tones[state] }];
}

const tones = {
  pending: 'quiet',
  executed: 'good',
  rejected: 'quiet',
  refused: 'danger',
  expired: 'quiet',
} as const;

async function aboutCells(
  dependencies: ApprovalPageDependencies,
  { act, userId, requestedBy, reason }: Approval,
): Promise<Cell[]> {
  const requester = `requested by ${await nameOf(dependencies, requestedBy)}`;
  const hint = reason === undefined ? requester : `${requester}: ${reason}`;
  return [{ text: actNames[act], hint }, await targetCell(dependencies, userId)];
}

async function targetCell(
  dependencies: ApprovalPageDependencies,
  userId: string | undefined,
): Promise<Cell> {
  if (userId === undefined) return 'everyone';
  const text = await nameOf(dependencies, { kind: 'user', id: userId });
  return { text, href: `${panelPath}/users/${userId}` };
}

async function nameOf({ users }: ApprovalPageDependencies, { kind, id }: Party): Promise<string> {
  if (kind === 'operator') return 'the command line';
  if (kind !== 'user' || id === undefined) return id ?? kind;
  return (await users.findById(id))?.email ?? `user ${shortId(id)}`;
}

type Verb = 'approve' | 'reject';

const words = {
  approve: {
    title: 'Approve',
    lead: 'The action runs immediately, in the name of the administrator who requested it, unless something about it has changed.',
    submit: 'Approve and run',
    notice: 'approved',
  },
  reject: {
    title: 'Reject',
    lead: 'Nothing changes. The action can be requested again.',
    submit: 'Reject',
    notice: 'rejected',
  },
} as const;

function addDecision(panel: Panel, dependencies: ApprovalPageDependencies, verb: Verb): void {
  const { approvals } = dependencies;
  const { title, lead, submit, notice } = words[verb];
  panel.action({
    path: `${path}/:approvalId/${verb}`,
    scope: 'approvals:write',
    protection: 'recent',
    async show(ctx): Promise<PanelPage> {
      const approval = await approvals.find(idOf(ctx));
      const { act, userId, requestedBy, reason = '-' } = approval;
      const about = await targetCell(dependencies, userId);
      const requester = await nameOf(dependencies, requestedBy);
      return {
        title: `${title}: ${actNames[act].toLowerCase()}?`,
        lead,
        back: { label: 'Approvals', href: path },
        blocks: [
          {
            kind: 'facts',
            facts: [
              { label: 'About', value: about },
              { label: 'Requested by', value: requester },
              { label: 'Reason', value: reason },
            ],
          },
          {
            kind: 'form',
            fields: [],
            submit,
            isDangerous: verb === 'approve',
            cancelHref: path,
          },
        ],
      };
    },
    async act(ctx, { actor }) {
      await approvals[verb](idOf(ctx), actor);
      return { to: withNotice(path, notice) };
    },
  });
}

/** @throws AppError `not_found` */
function idOf(ctx: Context): string {
  const id = String(ctx.params['approvalId']);
  if (isUuid(id)) return id;
  throw new AppError('not_found', 'Approval not found.');
}
