// The view of the panel, and the parts that surround the blocks on every page.
import type { Approvals } from '#core/approvals/approvals.service.ts';
import type { ManagementScope } from '#core/clients/scopes.ts';
import type { Context } from '#http/context.ts';
import type { SitePages } from '#http/site-pages.ts';
import { defineAdminView } from '#http/rendering/view.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { withAddresses } from '#features/admin/page/addresses.ts';
import { arrange, arrangeActions, permitted } from '#features/admin/page/blocks.ts';
import type {
  ActionLink,
  Block,
  Link,
  PanelPage,
  RichText,
} from '#features/admin/page/page-model.ts';
import type { PanelVisit } from '#features/admin/access/panel-guard.pages.ts';
import { showNavigation, type ShownNavigationGroup } from './navigation.pages.ts';
import { noticeOf } from './notices.pages.ts';
import { isReadOnly } from './refused.pages.ts';

export interface AdminPageLocals {
  readonly heading: string;
  readonly lead?: string | undefined;
  readonly tags: readonly RichText[];
  readonly back?: Link | undefined;
  readonly actions: readonly ActionLink[];
  /** Actions in the menu. */
  readonly moreActions: readonly ActionLink[];
  readonly blocks: readonly Block[];
  /** Facts beside the tables, if there is room for two columns. */
  readonly side: readonly Block[];
  /** Wide tables below both. */
  readonly below: readonly Block[];
  readonly notice?: string | undefined;
  readonly groups: readonly ShownNavigationGroup[];
  readonly adminHref: string;
  readonly user?: { readonly name: string; readonly isReadOnly: boolean } | undefined;
  readonly accountHref: string;
  readonly signOutHref: string;
}

export const adminPageView = defineAdminView<AdminPageLocals>('admin/admin-page');

interface RenderingDependencies {
  readonly site: SitePages;
  readonly approvals: Approvals;
}

interface Shown {
  readonly ctx: Context;
  readonly visit: PanelVisit;
  readonly page: PanelPage;
  readonly status: number;
}

/** Sends the page with the parts that all pages of the panel share. */
export async function renderPage(
  { site, approvals }: RenderingDependencies,
  { ctx, visit, page, status }: Shown,
): Promise<void> {
  const address = (path: string) => site.address(path);
  const waiting = approvals.isUsed ? await approvals.countPending() : undefined;
  const may = (scope: ManagementScope) => visit.may(scope);
  const shown = withAddresses(page, address);
  const locals = {
    heading: page.title,
    lead: page.lead,
    tags: page.tags ?? [],
    back: shown.back,
    ...arrangeActions((shown.actions ?? []).filter(({ scope }) => may(scope))),
    ...arrange(shown.blocks.map((block) => permitted(complete(site, ctx, block), may))),
    notice: noticeOf(ctx),
    groups: showNavigation({ path: pathOf(ctx), address, may, waiting }),
    adminHref: address(panelPath),
    user: { name: visit.user.email, isReadOnly: isReadOnly(visit) },
    accountHref: address('/auth/account'),
    signOutHref: address('/oauth2/logout'),
  };
  site.render(ctx, adminPageView, locals, status);
  if (page.hasFrames) permitOwnFrames(ctx);
}

/** Adds the address and the form token to a form. */
function complete(site: SitePages, ctx: Context, block: Block): Block {
  if (block.kind !== 'form') return block;
  return { ...block, action: site.address(pathOf(ctx)), formToken: site.formToken(ctx) };
}

function permitOwnFrames(ctx: Context): void {
  const policy = ctx.response.get('Content-Security-Policy');
  ctx.set('Content-Security-Policy', `${policy};frame-src 'self'`);
}

/** The path of the request below the issuer, without decoding: ids stay percent-encoded. */
export function pathOf(ctx: Context): string {
  return ctx.path.slice(ctx.path.indexOf(panelPath));
}
